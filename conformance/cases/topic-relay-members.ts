import { cases } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';
import { pollUntil } from '../waiting.ts';
import {
  connectToRelay,
  expectOnePublication,
  receiveUntilMarker,
  relayTarget,
  subscribe,
  waitForPong,
} from '../topic-relay-client.ts';

/** Frames and publications per liveness timeout. */
const SIGNS_PER_TIMEOUT = 8;

/** REL1, REL2, REL3, REL4: the beginning and the end of subscriptions. */
export const TOPIC_RELAY_MEMBER_CASES = cases([
  {
    id: 'REL1.unsubscribe-one-client',
    title: 'Ann and Bob subscribe to a topic; Ann unsubscribes',
    severity: 'required',
    expected: 'Bob receives later publications with clients: 1',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob', topic)];
      await waitForPong(ann.send({ type: 'unsubscribe', topics: [topic] }));
      ann.send({ type: 'publish', topic, data: 1 });
      assertMembers('frame received by Bob', await bob.receive(), { data: 1, clients: 1 });
    },
  },
  {
    id: 'REL1.unsubscribe-unknown',
    title: 'Ann unsubscribes from a topic without subscribers',
    severity: 'hardening',
    expected: 'she receives nothing, and her other subscription remains',
    setup: 'topic relay',
    pace: 'alone',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      await waitForPong(ann.send({ type: 'unsubscribe', topics: [uniqueName('nobody')] }));
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL1.subscribe-again',
    title: 'Ann subscribes, unsubscribes, and subscribes again',
    severity: 'required',
    expected: 'she receives a publication once, with clients: 1',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      await waitForPong(ann.send({ type: 'unsubscribe', topics: [topic] }));
      await subscribe(ann, [topic]);
      await expectOnePublication(ann, bob, topic);
    },
  },
  {
    id: 'REL1.normalized-topic',
    title: 'Ann subscribes to a topic with é; Bob publishes on the topic with e and a combining accent',
    severity: 'required',
    expected: 'Ann receives nothing: topics are compared without normalization',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic-é').normalize('NFC');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.send({ type: 'publish', topic: topic.normalize('NFD'), data: 1 });
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, bob, topic), []);
    },
  },
  {
    id: 'REL2.publish-and-close',
    title: 'Bob publishes and closes his socket at once',
    severity: 'required',
    expected: 'Ann receives the message',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.send({ type: 'publish', topic, data: 1 });
      await bob.close();
      assertMembers('frame received by Ann', await ann.receive(), { data: 1 });
    },
  },
  {
    id: 'REL2.count-after-loss',
    title: 'Ann and Bob subscribe; the connection of Ann is destroyed',
    severity: 'required',
    expected: 'Bob receives later publications with clients: 1',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob', topic)];
      ann.terminate();
      await pollUntil(fixture.patience, 'clients: 1', async () => {
        bob.send({ type: 'publish', topic, data: 1 });
        assertMembers('frame received by Bob', await bob.receive(), { clients: 1 });
        return true;
      });
    },
  },
  {
    id: 'REL3.alive-by-frames',
    title: 'Ann answers no pings, but sends frames',
    severity: 'recommended',
    expected: 'she stays connected: each frame is a sign of life',
    setup: 'topic relay with short ping interval',
    async run(fixture) {
      const timeout = fixture.setting('alive_timeout');
      const ann = await fixture.openSocketAt(relayTarget(fixture), 'ann', false);
      for (let n = 0; n < 2 * SIGNS_PER_TIMEOUT; n++) {
        await waitForPong(ann);
        await fixture.wait(timeout / SIGNS_PER_TIMEOUT);
      }
      await waitForPong(ann);
    },
  },
  {
    id: 'REL3.written-to',
    title: 'Ann answers no pings and sends nothing, while Bob publishes on her topic',
    severity: 'hardening',
    expected: 'her socket is closed: being written to is no sign of life',
    setup: 'topic relay with short ping interval',
    async run(fixture) {
      const topic = uniqueName('topic');
      const ann = await fixture.openSocketAt(relayTarget(fixture), 'ann', false);
      await subscribe(ann, [topic]);
      const bob = await connectToRelay(fixture, 'bob');
      const publishing = setInterval(
        () => bob.send({ type: 'publish', topic, data: 1 }),
        fixture.setting('alive_timeout') / SIGNS_PER_TIMEOUT,
      );
      try {
        await ann.waitForClose();
      } finally {
        clearInterval(publishing);
      }
    },
  },
  {
    id: 'REL4.unsubscribe',
    title: 'Ann and Bob subscribe to a single topic, as Trystero does; Ann unsubscribes in the same form',
    severity: 'recommended',
    protocol: 'Trystero',
    expected: 'Bob receives later publications, Ann does not',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob, eve] = [
        await connectToRelay(fixture, 'ann'),
        await connectToRelay(fixture, 'bob'),
        await connectToRelay(fixture, 'eve'),
      ];
      for (const one of [ann, bob]) await waitForPong(one.send({ type: 'subscribe', topic }));
      await waitForPong(ann.send({ type: 'unsubscribe', topic }));
      eve.send({ type: 'publish', topic, payload: '1' });
      assertMembers('frame received by Bob', await bob.receive(), { topic, payload: '1' });
      await subscribe(ann, [`${topic}-end`]);
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, eve, `${topic}-end`), []);
    },
  },
]);
