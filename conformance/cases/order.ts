import { cases } from '../case.ts';
import { assertEqual } from '../assertions.ts';
import { markerOf } from '../client/client-payload.ts';
import type { Frame, RawFrame } from '../client/peer-client.ts';
import { uniqueName } from '../fixture.ts';

/** M17, M21: order and completeness, also before a close. */
export const ORDER_CASES = cases([
  {
    id: 'M17.in-order',
    title: 'Ann sends Bob 300 messages of two types',
    severity: 'required',
    expected: 'Bob receives all of them in order',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 300; n++) ann.sendMessage(n % 3 === 0 ? 'OFFER' : 'CANDIDATE', bob.id, n);
      assertEqual('frame received by Bob', payloads(await bob.receiveMany(300)), numbersUpTo(300));
    },
  },
  {
    id: 'M17.each-sender',
    title: 'Ann and Cem send Bob 100 messages each, at the same time',
    severity: 'required',
    expected: 'Bob receives the messages of each sender in order',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const cem = await fixture.connect('cem');
      for (let n = 0; n < 100; n++) {
        ann.sendOffer(bob.id, n);
        cem.sendOffer(bob.id, n);
      }
      const received = await bob.receiveMany(200);
      for (const { id, name } of [ann, cem]) {
        assertEqual(
          `the messages of ${name} received by Bob`,
          payloads(received.filter((frame) => frame['src'] === id)),
          numbersUpTo(100),
        );
      }
    },
  },
  {
    id: 'M17.mailbox',
    title: 'Ann sends messages to Bob before, during and after his handshake',
    severity: 'required',
    expected: 'Bob receives held and direct messages in order',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      for (let n = 0; n < 30; n++) ann.sendOffer(id, n);
      await fixture.expectNothing(ann);
      const opening = fixture.openSocket('bob', { id });
      for (let n = 30; n < 60; n++) ann.sendOffer(id, n);
      const bob = await opening;
      for (let n = 60; n < 90; n++) ann.sendOffer(id, n);
      assertEqual('frame received by Bob', payloads((await bob.receiveMany(91)).slice(1)), numbersUpTo(90));
    },
  },
  {
    id: 'M17.reconnect',
    title: 'Ann sends messages to Bob before, during and after his reconnect',
    severity: 'required',
    expected: 'his two sockets together receive all messages in order, without loss or duplicates',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 30; n++) ann.sendOffer(bob.id, n);
      const opening = fixture.reconnect(bob);
      for (let n = 30; n < 60; n++) ann.sendOffer(bob.id, n);
      const again = await opening;
      for (let n = 60; n < 90; n++) ann.sendOffer(bob.id, n);
      ann.sendOffer(bob.id, 'the end');
      const onNew: unknown[] = [];
      while (onNew.at(-1) !== 'the end') onNew.push((await again.receive())['payload']);
      // Frames on the first socket may arrive after all frames on the second one.
      const onOld: unknown[] = [];
      const received = () => [...onOld, ...bob.unread.map(payloadOf), ...onNew].filter((payload) => payload !== undefined);
      while (received().length <= 90) onOld.push((await bob.receive())['payload']);
      assertEqual('frame received by Bob', received(), [...numbersUpTo(90), 'the end']);
    },
  },
  {
    id: 'M17.large-and-small',
    title: 'Ann sends Bob large and small messages alternately',
    severity: 'required',
    expected: 'Bob receives all of them in order: small messages do not overtake large ones',
    async run(fixture) {
      fixture.requireMessageSize(51_000);
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 20; n++) ann.sendOffer(bob.id, { n, filling: 'x'.repeat(n % 2 === 0 ? 50_000 : 0) });
      const received = payloads(await bob.receiveMany(20)) as { n: number }[];
      assertEqual(
        'the order',
        received.map(({ n }) => n),
        numbersUpTo(20),
      );
    },
  },
  {
    id: 'M21.text-first',
    title: '20 handshakes in parallel with an unknown key',
    severity: 'required',
    expected: 'each socket receives the ERROR frame before it is closed, so the client can report the reason',
    async run(fixture) {
      const sockets = await Promise.all(
        Array.from({ length: 20 }, (_, n) => fixture.openSocket(`unknown-key-${n}`, { key: 'unknown' })),
      );
      for (const socket of sockets) assertEqual('the type of the frame', (await socket.receive())['type'], 'ERROR');
      await Promise.all(sockets.map((socket) => socket.waitForClose()));
    },
  },
]);

function payloads(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => frame['payload']);
}

function payloadOf({ text }: RawFrame): unknown {
  const { type, payload } = JSON.parse(text) as Frame;
  return markerOf(type, payload);
}

function numbersUpTo(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, n) => n);
}
