import { assertEqual, assertThat } from './assertions.ts';
import type { Frame, PeerClient } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';
import { Failed } from './outcomes.ts';
import type { SetupName } from './setups.ts';

/** Basic behaviour on which cases of other rules rely. */
export interface Premise {
  readonly rule: string;
  /** Matches the ids of cases of other rules that cannot be judged without it. */
  readonly reliedOnBy: RegExp;
  /** The server configuration that the check requires; the default is `long timeouts`. */
  readonly setup?: SetupName;
  /** @throws if the server does not behave like this. */
  readonly check: (fixture: Fixture) => Promise<void>;
}

const DEFAULT_SWEEP_MS = 1_000;
const GRACE_MS = 1_000;
const SOCKETS = /^(H2\.id-opens|H3|H4|H9\.sockets|H11|H13|O|M|L)/;
const MESSAGES = /^(H2\.id-opens|H4|O|M|L)/;

/** The first one that a server violates is the cause of others. */
export const PREMISES: readonly Premise[] = [
  {
    rule: 'O3',
    reliedOnBy: SOCKETS,
    check: async (fixture) => {
      const ann = await fixture.openSocket('ann');
      assertEqual('the first frame', await ann.receive(), { type: 'OPEN' });
      await expectSilence([ann]);
    },
  },
  {
    rule: 'M8',
    reliedOnBy: MESSAGES,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'HEARTBEAT' });
      await expectSilence([ann, bob]);
    },
  },
  {
    rule: 'M1',
    reliedOnBy: MESSAGES,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      const eve = await fixture.connect('eve');
      ann.sendOffer(bob.id, 'once');
      const { type, src, dst } = await bob.receive();
      assertEqual('type, src and dst', [type, src, dst], ['OFFER', ann.id, bob.id]);
      await expectSilence([ann, bob, eve]);
    },
  },
  {
    rule: 'M2',
    reliedOnBy: MESSAGES,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'unchanged');
      assertEqual('the payload', (await bob.receive())['payload'], 'unchanged');
    },
  },
  {
    rule: 'M17',
    reliedOnBy: MESSAGES,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      const sent = [1, 2, 3, 4, 5, 6];
      for (const n of sent) ann.sendMessage(n % 3 === 1 ? 'OFFER' : 'CANDIDATE', bob.id, n);
      assertEqual('the order', payloads(await bob.receiveMany(sent.length)), sent);
    },
  },
  {
    rule: 'L2',
    reliedOnBy: MESSAGES,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'hello');
      await bob.receive();
      await ann.close();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
      await expectSilence([bob]);
    },
  },
  {
    rule: 'O10',
    // The servers of these cases allow an origin.
    reliedOnBy: /^[AI]\d/,
    setup: 'required authentication',
    check: async (fixture) => void (await fixture.connect('ann')),
  },
  {
    rule: 'M21',
    reliedOnBy: /^[AO]\d/,
    check: async (fixture) => {
      const ann = await fixture.connect('ann');
      const attempts = await Promise.allSettled([
        fixture.openSocket('unknown-key', { key: 'unknown' }),
        fixture.openSocket('intruder', { id: ann.id }),
      ]);
      // The rule of the refusal judges a refused handshake.
      const refused = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      await Promise.all(refused.map((socket) => socket.waitUntilAnswered()));
      assertThat(refused.length === 0 || refused.some(({ unread }) => unread.length > 0), 'refused sockets receive no reason');
    },
  },
  {
    rule: 'O2',
    reliedOnBy: /^(H4\.refused|O6\.refused|O8\.key|O11\.refused|M21)/,
    check: async (fixture) => {
      const socket = await fixture.openSocket('unknown-key', { key: 'unknown' });
      assertEqual('the type of the frame', (await socket.receive())['type'], 'ERROR');
    },
  },
  {
    rule: 'O4',
    reliedOnBy: /^(O[5678]|M7|L)/,
    check: async (fixture) => {
      const ann = await fixture.connect('ann');
      const intruder = await fixture.openSocket('intruder', { id: ann.id });
      assertEqual('the type of the frame', (await intruder.receive())['type'], 'ID-TAKEN');
      await ann.waitUntilReadOrClosed();
      assertThat(ann.isOpen, 'the owner of the id was disconnected');
    },
  },
  {
    rule: 'O5',
    reliedOnBy: /^(H4\.once|O6\.reconnect|O11\.sender-returns|M14\.after-sender|M17\.reconnect|L1\.(old-socket|reconnected))/,
    check: async (fixture) => {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnectAndSettle(ann);
      await ann.close();
      const sent = [1, 2];
      for (const n of sent) bob.sendOffer(ann.id, n);
      // Whether the new socket receives OPEN is a case of its own.
      const first = await again.receive();
      const received = first['type'] === 'OPEN' ? await again.receiveMany(2) : [first, await again.receive()];
      assertEqual('the messages', payloads(received), sent);
    },
  },
  {
    rule: 'M13',
    reliedOnBy: /^(H4\.mail|O2\.own-mail|O11|M1\.forged-src-held|M6\.never|M11|M12|M14|M15|M16\.closing|M17\.mailbox)/,
    check: async (fixture) => {
      const held = (await collectHeld(fixture)).filter((frame) => frame !== 'OPEN');
      assertThat(new Set(held).size === 2, 'held messages are lost');
    },
  },
  {
    rule: 'O11',
    reliedOnBy: /^(O2\.own-mail|M1\.forged-src-held|M13|M14|M17\.mailbox)/,
    check: async (fixture) => {
      assertEqual('the frames', await collectHeld(fixture), ['OPEN', 1, 2]);
    },
  },
  {
    rule: 'M14',
    reliedOnBy: /^(H4\.mail|O2\.own-mail|O11|M1\.forged-src-held|M6|M11|M12|M13|M15|M16|M17\.mailbox|L[245]|L1\.others)/,
    setup: 'messages expire',
    check: async (fixture) => {
      const { cleanup_out_msgs: sweep = DEFAULT_SWEEP_MS } = fixture.server.settings;
      const timeout = fixture.setting('expire_timeout');
      const [ann, bob] = await fixture.connectPair();
      const absent = uniqueName('absent');
      ann.sendOffer(absent);
      await fixture.wait(timeout / 2);
      await expectSilence([ann, bob]);
      const notice = await ann.receive(timeout + 2 * sweep + GRACE_MS);
      assertEqual('the notice', notice, { type: 'EXPIRE', src: absent, dst: ann.id });
      await fixture.wait(2 * sweep);
      await expectSilence([ann, bob]);
    },
  },
];

/** @throws Failed if a frame has arrived that none of them should receive. */
async function expectSilence(peers: readonly PeerClient[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.waitUntilReadOrClosed()));
  for (const { name, unread } of peers) {
    if (unread.length > 0) throw new Failed(`${name} received ${unread[0]?.text.slice(0, 100)}`);
  }
}

/** Two messages are held for a peer, which connects, leaves and connects again. @returns all frames of that peer */
async function collectHeld(fixture: Fixture): Promise<unknown[]> {
  const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
  ann.sendMessage('OFFER', id, 1).sendMessage('CANDIDATE', id, 2);
  await ann.waitUntilReadOrClosed();
  const bob = await fixture.openSocket('bob', { id });
  const first = await bob.receive();
  await bob.waitUntilReadOrClosed();
  const received = [first];
  while (bob.unread.length > 0) received.push(await bob.receive());
  await bob.close();
  const again = await fixture.connectWhenFree('bob', { id });
  await again.waitUntilReadOrClosed();
  while (again.unread.length > 0) received.push(await again.receive());
  return received.map(({ type, payload }) => (type === 'OPEN' ? type : payload));
}

function payloads(frames: readonly Frame[]): unknown[] {
  return frames.map(({ payload }) => payload);
}
