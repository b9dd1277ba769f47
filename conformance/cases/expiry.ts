import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import type { PeerClient, Frame } from '../client/peer-client.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

/** M14 and M15, and what never expires: M6, M11, M12. */
export const EXPIRY_CASES = cases([
  {
    id: 'M14.told',
    title: 'Ann writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE with that peer as src and herself as dst, and no payload',
    setup: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.connect('ann'), uniqueName('absent')];
      ann.sendOffer(absent);
      assertEqual('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  {
    id: 'M14.not-early',
    title: 'Ann writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE when the time is over, and not before',
    setup: 'messages expire',
    async run(scene) {
      const ann = await scene.connect('ann');
      const sentAt = performance.now();
      ann.sendOffer(uniqueName('absent'));
      await ann.receive();
      const waited = Math.ceil(performance.now() - sentAt);
      assertThat(waited >= scene.setting('expire_timeout') - ROUNDING_MS, `EXPIRE came after ${waited} ms`);
    },
  },
  {
    id: 'M14.not-late',
    title: 'Ann writes to a peer that does not come, and asks for an echo when its time is long over',
    severity: 'recommended',
    expected: 'she hears EXPIRE before the echo: no message is kept for longer than its time and one sweep',
    setup: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.connect('ann'), uniqueName('absent')];
      ann.sendOffer(absent);
      const sweep = scene.server.settings.cleanup_out_msgs ?? DEFAULT_SWEEP_MS;
      await scene.wait(scene.setting('expire_timeout') + 2 * sweep + GRACE_MS);
      assertEqual('what Ann hears before the echo', await scene.receiveUntilEcho(ann), [
        { type: 'EXPIRE', src: absent, dst: ann.id },
      ]);
    },
  },
  {
    id: 'M14.told-once',
    title: 'Ann writes twenty messages to one absent peer, and later one to another',
    severity: 'recommended',
    expected: 'she hears EXPIRE of the first once for each sweep, not for each message, and then of the second',
    setup: 'messages expire',
    async run(scene) {
      const [ann, first, second] = [await scene.connect('ann'), uniqueName('first'), uniqueName('second')];
      for (let n = 0; n < 20; n++) ann.send({ type: 'CANDIDATE', dst: first, payload: n });
      await scene.wait(scene.setting('expire_timeout') / 2);
      ann.sendOffer(second);
      const told: unknown[] = [];
      while (told.at(-1) !== second) told.push((await ann.receive())['src']);
      // One sweep may fall between the arrivals.
      assertThat(told.length <= 3, `Ann heard EXPIRE of the first ${told.length - 1} times`);
      assertThat(told.includes(first), 'Ann heard no EXPIRE of the first');
    },
  },
  {
    id: 'M14.each-pair',
    title: 'Ann and Bob each write to the same two absent peers',
    severity: 'required',
    expected: 'each hears EXPIRE of both',
    setup: 'messages expire',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const absent = [uniqueName('x'), uniqueName('y')].sort();
      for (const id of absent) {
        ann.sendOffer(id);
        bob.sendOffer(id);
      }
      for (const sender of [ann, bob]) {
        const told = await sender.receiveMany(2);
        assertEqual(`of whom ${sender.name} hears`, told.map((frame) => String(frame['src'])).sort(), absent);
        if (told.some((frame) => frame['dst'] !== sender.id)) throw new Dangerous(`${sender.name} hears an EXPIRE for another`);
      }
    },
  },
  {
    id: 'M14.nobody-else',
    title: 'Ann writes to a peer that does not come, while Eve is here',
    severity: 'required',
    expected: 'Ann hears EXPIRE, and Eve nothing',
    setup: 'messages expire',
    async run(scene) {
      const [ann, eve, absent] = [await scene.connect('ann'), await scene.connect('eve'), uniqueName('absent')];
      ann.sendOffer(absent);
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
      await scene.expectNoLeak(eve);
    },
  },
  {
    id: 'M14.not-delivered',
    title: 'Ann hears EXPIRE of Bob, who enters then',
    severity: 'required',
    expected: 'Bob hears nothing of it any more',
    setup: 'messages expire',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id);
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: id });
      await scene.expectNothing(await scene.connect('bob', { id }));
    },
  },
  {
    id: 'M14.delivered-in-time',
    title: 'Ann writes to Bob, who enters in time; then she writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE of the second only',
    setup: 'messages expire',
    async run(scene) {
      const [ann, id, absent] = [await scene.connect('ann'), uniqueName('bob'), uniqueName('absent')];
      ann.sendOffer(id, 'in time');
      await scene.expectNothing(ann);
      assertEqual('the payload', (await (await scene.connect('bob', { id })).receive())['payload'], 'in time');
      ann.sendOffer(absent);
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M14.names-of-javascript',
    title: 'Ann writes to __proto__, constructor and hasOwnProperty, which do not come',
    severity: 'hardening',
    expected: 'she hears EXPIRE of each',
    setup: 'messages expire',
    async run(scene) {
      const [ann, ids] = [await scene.connect('ann'), ['__proto__', 'constructor', 'hasOwnProperty']];
      for (const id of ids) ann.sendOffer(id);
      assertEqual('of whom Ann hears', (await ann.receiveMany(3)).map((frame) => String(frame['src'])).sort(), ids.sort());
    },
  },
  {
    id: 'M14.full-time',
    title: 'Ann writes to Bob, who is absent; late in that time Cem does; Ann hears EXPIRE, and Bob enters',
    severity: 'recommended',
    expected: 'Bob hears Cem: each message has its own time, however old the mailbox is',
    setup: 'messages expire later',
    reference: {
      behaviour: 'counts from the first message of the mailbox, and drops a later one young',
      evidence: /waited \d+ ms for a frame/,
    },
    async run(scene) {
      const [ann, cem, id] = [await scene.connect('ann'), await scene.connect('cem'), uniqueName('bob')];
      ann.sendOffer(id, 'old');
      await scene.wait(scene.setting('expire_timeout') * 0.45);
      cem.sendOffer(id, 'young');
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: id });
      const bob = await scene.connect('bob', { id });
      assertMembers('what Bob hears', await bob.receive(IMMEDIATE_MS), { src: cem.id, payload: 'young' });
    },
  },
  {
    id: 'M15.sender-gone',
    title: 'Ann writes to an absent peer and is cut off; Bob writes to it too',
    severity: 'required',
    expected: 'Bob hears his own EXPIRE, and nothing of hers',
    setup: 'messages expire',
    async run(scene) {
      const [ann, bob, absent] = [await scene.connect('ann'), await scene.connect('bob'), uniqueName('absent')];
      ann.sendOffer(absent);
      await scene.expectNothing(ann);
      ann.terminate();
      bob.sendOffer(absent);
      assertEqual('what Bob hears', await receiveOwn(bob), { type: 'EXPIRE', src: absent, dst: bob.id });
      await scene.expectNoLeak(bob);
    },
  },
  {
    id: 'M6.never-expires',
    title: 'Ann sends LEAVE and EXPIRE to absent peers, and later an OFFER to another',
    severity: 'required',
    expected: 'she hears EXPIRE of the last only',
    setup: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.connect('ann'), uniqueName('absent')];
      ann.send({ type: 'LEAVE', dst: uniqueName('nobody') }).send({ type: 'EXPIRE', dst: uniqueName('nobody') });
      await scene.wait(scene.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M12.never-expires',
    title: 'Ann sends an OFFER without dst, and later one to an absent peer',
    severity: 'hardening',
    expected: 'she hears EXPIRE of the last only',
    setup: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.connect('ann'), uniqueName('absent')];
      ann.send({ type: 'OFFER', payload: 1 });
      await scene.wait(scene.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertEqual('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  ...Object.entries({ five: '5', fraction: '-0.5', object: '{}', list: '[]', 'list-of-text': '["bob"]', true: 'true' }).map(
    ([name, dst]) => invalidDestination(name, dst, true),
  ),
  ...Object.entries({ false: 'false', zero: '0' }).map(([name, dst]) => invalidDestination(name, dst, false)),
  {
    id: 'M11.others-still-expire',
    title: 'Mallory sends an OFFER to {"id":1}, and Ann writes to a peer that does not come',
    severity: 'hardening',
    expected: 'Ann hears EXPIRE as ever',
    setup: 'messages expire',
    pace: 'alone',
    async run(scene) {
      const [ann, mallory, absent] = [await scene.connect('ann'), await scene.connect('mallory'), uniqueName('absent')];
      mallory.sendText('{"type":"OFFER","dst":{"id":1},"payload":1}');
      await mallory.waitUntilReadOrClosed();
      await scene.wait(scene.setting('expire_timeout') + 300);
      ann.sendOffer(absent);
      assertEqual('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
]);

/** A timer may ring a little early. */
const ROUNDING_MS = 5;
/** How late a sweep may be. What a slow machine delays, it delays with the echo. */
const GRACE_MS = 1_000;
const DEFAULT_SWEEP_MS = 1_000;
/** What is there comes at once. */
const IMMEDIATE_MS = 3_000;

/** What a peer hears next. @throws Dangerous where it is an EXPIRE that another should hear. */
async function receiveOwn(peer: PeerClient): Promise<Frame> {
  const frame = await peer.receive();
  const { type, src, dst } = frame;
  if (type !== 'EXPIRE' || dst === peer.id || src === peer.id) return frame;
  throw new Dangerous(`${peer.name} hears an EXPIRE for another: ${formatValue(frame)}`);
}

function invalidDestination(name: string, dst: string, differs: boolean): CaseDraft {
  const behaviour = 'keeps it under that value, and tells EXPIRE with the same value as `src`';
  return {
    id: `M11.${name}`,
    title: `Ann sends an OFFER to ${dst}, which is no text, and later one to an absent peer`,
    severity: 'hardening',
    expected: 'the first is ignored: she hears EXPIRE of the last only',
    setup: 'messages expire',
    pace: 'later',
    ...(differs ? { reference: { behaviour, evidence: /what Ann hears: expected/ } } : {}),
    async run(scene) {
      const [ann, absent] = [await scene.connect('ann'), uniqueName('absent')];
      ann.sendText(`{"type":"OFFER","dst":${dst},"payload":1}`);
      await scene.wait(scene.setting('expire_timeout') / 2);
      ann.sendOffer(absent);
      assertMembers('what Ann hears', await receiveOwn(ann), { type: 'EXPIRE', src: absent });
    },
  };
}
