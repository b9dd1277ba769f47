import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import type { PeerClient, Frame } from '../client/peer-client.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const PAYLOAD = clientPayload('OFFER', 'ignored');

/** M14 and M15: expired messages; M6, M11, M12: messages that never expire. */
export const EXPIRY_CASES = cases([
  {
    id: 'M14.told',
    title: 'Ann sends an OFFER to an absent peer',
    severity: 'required',
    expected:
      'Ann receives EXPIRE without a payload, src is the absent peer, dst is Ann; the PeerJS client uses src to report the failed call',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.sendOffer(absent);
      assertEqual('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  {
    id: 'M14.not-early',
    title: 'Ann sends an OFFER to an absent peer',
    severity: 'required',
    expected: 'EXPIRE arrives after the expire timeout, not earlier, because the peer may still connect',
    setup: 'messages expire',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const sentAt = performance.now();
      ann.sendOffer(uniqueName('absent'));
      await ann.receive();
      const waited = Math.ceil(performance.now() - sentAt);
      assertThat(waited >= fixture.setting('expire_timeout') - ROUNDING_MS, `EXPIRE arrived after ${waited} ms`);
    },
  },
  {
    id: 'M14.not-late',
    title: 'Ann sends an OFFER to an absent peer, and long after the expire timeout a message that is echoed',
    severity: 'recommended',
    expected: 'EXPIRE arrives before the echo: a message is held for at most the timeout and one sweep',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.sendOffer(absent);
      const sweep = fixture.server.settings.cleanup_out_msgs ?? DEFAULT_SWEEP_MS;
      await fixture.wait(fixture.setting('expire_timeout') + 2 * sweep + GRACE_MS);
      assertEqual('the frames before the echo', await fixture.receiveUntilEcho(ann), [
        { type: 'EXPIRE', src: absent, dst: ann.id },
      ]);
    },
  },
  {
    id: 'M14.told-once',
    title: 'Ann sends 20 messages of three types to one absent peer, and later one message to another absent peer',
    severity: 'recommended',
    expected: 'EXPIRE for the first peer arrives once per sweep, not once per message, then EXPIRE for the second peer',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, first, second] = [await fixture.connect('ann'), uniqueName('first'), uniqueName('second')];
      const startedAt = performance.now();
      for (let n = 0; n < 20; n++) ann.sendMessage(TYPES[n % 3] ?? 'OFFER', first, n);
      const sources = (await fixture.receiveUntilEcho(ann)).map(({ src }) => src);
      const spread = performance.now() - startedAt;
      await fixture.wait(fixture.setting('expire_timeout') / 2);
      ann.sendOffer(second);
      while (sources.at(-1) !== second) sources.push((await ann.receive())['src']);
      // A slow server receives the messages over several sweeps.
      const sweeps = 2 + Math.floor(spread / (fixture.server.settings.cleanup_out_msgs ?? SHORT_SWEEP_MS));
      assertThat(sources.length <= 1 + sweeps, `Ann received EXPIRE for the first peer ${sources.length - 1} times`);
      assertThat(sources.includes(first), 'Ann received no EXPIRE for the first peer');
    },
  },
  {
    id: 'M14.each-pair',
    title: 'Ann and Bob each send an OFFER to the same two absent peers',
    severity: 'required',
    expected: 'each sender receives EXPIRE for both peers',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const absent = [uniqueName('x'), uniqueName('y')].sort();
      for (const id of absent) {
        ann.sendOffer(id);
        bob.sendOffer(id);
      }
      for (const sender of [ann, bob]) {
        const frames = await sender.receiveMany(2);
        assertEqual(`the src of each EXPIRE for ${sender.name}`, frames.map((frame) => String(frame['src'])).sort(), absent);
        if (frames.some((frame) => frame['dst'] !== sender.id)) {
          throw new Dangerous(`${sender.name} received an EXPIRE with the dst of another peer`);
        }
      }
    },
  },
  {
    id: 'M14.nobody-else',
    title: 'Ann sends an OFFER to an absent peer while Eve is connected',
    severity: 'required',
    expected: 'Ann receives EXPIRE, Eve receives nothing',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, eve, absent] = [await fixture.connect('ann'), await fixture.connect('eve'), uniqueName('absent')];
      ann.sendOffer(absent);
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
      await fixture.expectNoLeak(eve);
    },
  },
  {
    id: 'M14.not-delivered',
    title: 'Ann receives EXPIRE for Bob, then Bob connects',
    severity: 'required',
    expected: 'Bob does not receive the expired message',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id);
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: id });
      await fixture.expectNothing(await fixture.connect('bob', { id }));
    },
  },
  {
    id: 'M14.delivered-in-time',
    title: 'Ann sends an OFFER to Bob, who connects in time; then Ann sends an OFFER to an absent peer',
    severity: 'required',
    expected: 'Ann receives EXPIRE for the second message only: a delivered message does not expire',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, id, absent] = [await fixture.connect('ann'), uniqueName('bob'), uniqueName('absent')];
      const sentAt = performance.now();
      ann.sendOffer(id, 'in time');
      await fixture.expectNothing(ann);
      const bob = await fixture.connect('bob', { id });
      fixture.requireHeld(sentAt);
      assertEqual('the payload', (await bob.receive())['payload'], 'in time');
      ann.sendOffer(absent);
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M14.names-of-javascript',
    title: 'Ann sends an OFFER to __proto__, constructor and hasOwnProperty, which are absent',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE for each; these names are special in plain JavaScript objects',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, ids] = [await fixture.connect('ann'), ['__proto__', 'constructor', 'hasOwnProperty']];
      for (const id of ids) ann.sendOffer(id);
      assertEqual(
        'the src of each EXPIRE for Ann',
        (await ann.receiveMany(3)).map((frame) => String(frame['src'])).sort(),
        ids.sort(),
      );
    },
  },
  {
    id: 'M14.full-time',
    title: 'Ann sends an OFFER to absent Bob; before it expires, Cem sends one to Bob; Ann receives EXPIRE, then Bob connects',
    severity: 'recommended',
    expected: 'Bob receives the OFFER of Cem: each message expires individually, independently of the age of the mailbox',
    setup: 'messages expire later',
    reference: {
      behaviour: 'counts from the first message of the mailbox, and drops later messages early',
      evidence: /waiting for a frame/,
    },
    async run(fixture) {
      const [ann, cem, id] = [await fixture.connect('ann'), await fixture.connect('cem'), uniqueName('bob')];
      ann.sendOffer(id, 'old');
      await fixture.wait(fixture.setting('expire_timeout') * 0.45);
      const sentAt = performance.now();
      cem.sendOffer(id, 'young');
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: id });
      const bob = await fixture.connect('bob', { id });
      fixture.requireHeld(sentAt);
      assertMembers('frame received by Bob', await bob.receive(IMMEDIATE_MS), { src: cem.id, payload: 'young' });
    },
  },
  {
    id: 'M15.sender-gone',
    title: 'Ann sends an OFFER to an absent peer and loses her connection; Bob sends one to the same peer',
    severity: 'required',
    expected: 'Bob receives EXPIRE for his own message only',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, bob, absent] = [await fixture.connect('ann'), await fixture.connect('bob'), uniqueName('absent')];
      ann.sendOffer(absent);
      await fixture.expectNothing(ann);
      ann.terminate();
      bob.sendOffer(absent);
      assertEqual('frame received by Bob', await receiveOwn(bob), { type: 'EXPIRE', src: absent, dst: bob.id });
      await fixture.expectNoLeak(bob);
    },
  },
  {
    id: 'M6.never-expires',
    title: 'Ann sends LEAVE and EXPIRE to absent peers, and later an OFFER to another absent peer',
    severity: 'required',
    expected: 'Ann receives EXPIRE for the OFFER only',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.send({ type: 'LEAVE', dst: uniqueName('absent') }).send({ type: 'EXPIRE', dst: uniqueName('absent') });
      await fixture.wait(fixture.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M12.never-expires',
    title: 'Ann sends an OFFER without a dst, and later an OFFER to an absent peer',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE for the second OFFER only',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.send({ type: 'OFFER', payload: PAYLOAD });
      await fixture.wait(fixture.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertEqual('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  ...Object.entries({ five: '5', fraction: '-0.5', object: '{}', list: '[]', 'list-of-text': '["bob"]', true: 'true' }).map(
    ([name, dst]) => invalidDestination(name, dst, true),
  ),
  ...Object.entries({ false: 'false', zero: '0' }).map(([name, dst]) => invalidDestination(name, dst, false)),
  {
    id: 'M11.others-still-expire',
    title: 'Mallory sends an OFFER with the dst {"id":1}; Ann sends an OFFER to an absent peer',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE: an invalid dst does not stop the sweep',
    setup: 'messages expire',
    pace: 'alone',
    async run(fixture) {
      const [ann, mallory, absent] = [await fixture.connect('ann'), await fixture.connect('mallory'), uniqueName('absent')];
      mallory.send({ type: 'OFFER', dst: { id: 1 }, payload: PAYLOAD });
      await mallory.waitUntilReadOrClosed();
      await fixture.wait(fixture.setting('expire_timeout') + 300);
      ann.sendOffer(absent);
      assertEqual('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
]);

/** Tolerance for timers that fire early. */
const ROUNDING_MS = 5;
/** The maximum delay of a sweep. A slow machine delays the echo as well. */
const GRACE_MS = 1_000;
const DEFAULT_SWEEP_MS = 1_000;
const SHORT_SWEEP_MS = 100;
const TYPES = ['OFFER', 'ANSWER', 'CANDIDATE'];
/** The time limit for a message that is already held. */
const IMMEDIATE_MS = 3_000;

/** Returns the next frame. @throws Dangerous for an EXPIRE with the dst of another peer */
async function receiveOwn(peer: PeerClient): Promise<Frame> {
  const frame = await peer.receive();
  const { type, src, dst } = frame;
  const isForAnother = typeof dst === 'string' && dst !== '' && dst !== peer.id && dst !== src;
  if (type !== 'EXPIRE' || !isForAnother || src === peer.id) return frame;
  throw new Dangerous(`${peer.name} received an EXPIRE with the dst of another peer: ${formatValue(frame)}`);
}

function invalidDestination(name: string, dst: string, differs: boolean): CaseDraft {
  const behaviour = 'holds the message under that value, and sends EXPIRE with the same value as `src`';
  return {
    id: `M11.${name}`,
    title: `Ann sends an OFFER with the dst ${dst}, which is not a string, and later an OFFER to an absent peer`,
    severity: 'hardening',
    expected: 'the first OFFER is ignored: Ann receives EXPIRE for the second one only',
    setup: 'messages expire',
    pace: 'later',
    ...(differs ? { reference: { behaviour, evidence: /frame received by Ann: expected/ } } : {}),
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.sendText(`{"type":"OFFER","dst":${dst},"payload":${JSON.stringify(PAYLOAD)}}`);
      await fixture.wait(fixture.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertMembers('frame received by Ann', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  };
}
