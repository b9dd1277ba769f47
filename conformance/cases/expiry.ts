import { cases, type CaseDraft } from '../case.ts';
import { equals, has, holds, shown } from '../claims.ts';
import type { FarPeer, Frame } from '../far-end/far-peer.ts';
import { Dangerous } from '../outcomes.ts';
import { fresh } from '../scene.ts';

/** M14 and M15, and what never expires: M6, M11, M12. */
export const EXPIRY_CASES = cases([
  {
    id: 'M14.told',
    title: 'Ann writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE with that peer as src and herself as dst, and no payload',
    needs: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.enters('ann'), fresh('absent')];
      ann.offers(absent);
      equals('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  {
    id: 'M14.not-early',
    title: 'Ann writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE when the time is over, and not before',
    needs: 'messages expire',
    async run(scene) {
      const ann = await scene.enters('ann');
      const sentAt = performance.now();
      ann.offers(fresh('absent'));
      await ann.hears();
      const waited = Math.ceil(performance.now() - sentAt);
      holds(waited >= scene.setting('expire_timeout') - ROUNDING_MS, `EXPIRE came after ${waited} ms`);
    },
  },
  {
    id: 'M14.not-late',
    title: 'Ann writes to a peer that does not come, and asks for an echo when its time is long over',
    severity: 'recommended',
    expected: 'she hears EXPIRE before the echo: no message is kept for longer than its time and one sweep',
    needs: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.enters('ann'), fresh('absent')];
      ann.offers(absent);
      const sweep = scene.server.settings.cleanup_out_msgs ?? USUAL_SWEEP_MS;
      await scene.waits(scene.setting('expire_timeout') + 2 * sweep + GRACE_MS);
      equals('what Ann hears before the echo', await scene.hearsBeforeEcho(ann), [{ type: 'EXPIRE', src: absent, dst: ann.id }]);
    },
  },
  {
    id: 'M14.told-once',
    title: 'Ann writes twenty messages to one absent peer, and later one to another',
    severity: 'recommended',
    expected: 'she hears EXPIRE of the first once for each sweep, not for each message, and then of the second',
    needs: 'messages expire',
    async run(scene) {
      const [ann, first, second] = [await scene.enters('ann'), fresh('first'), fresh('second')];
      for (let n = 0; n < 20; n++) ann.sends({ type: 'CANDIDATE', dst: first, payload: n });
      await scene.waits(scene.setting('expire_timeout') / 2);
      ann.offers(second);
      const told: unknown[] = [];
      while (told.at(-1) !== second) told.push((await ann.hears())['src']);
      // One sweep may fall between the arrivals.
      holds(told.length <= 3, `Ann heard EXPIRE of the first ${told.length - 1} times`);
      holds(told.includes(first), 'Ann heard no EXPIRE of the first');
    },
  },
  {
    id: 'M14.each-pair',
    title: 'Ann and Bob each write to the same two absent peers',
    severity: 'required',
    expected: 'each hears EXPIRE of both',
    needs: 'messages expire',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const absent = [fresh('x'), fresh('y')].sort();
      for (const id of absent) {
        ann.offers(id);
        bob.offers(id);
      }
      for (const sender of [ann, bob]) {
        const told = await sender.hearsAll(2);
        equals(`of whom ${sender.name} hears`, told.map((frame) => String(frame['src'])).sort(), absent);
        if (told.some((frame) => frame['dst'] !== sender.id)) throw new Dangerous(`${sender.name} hears an EXPIRE for another`);
      }
    },
  },
  {
    id: 'M14.nobody-else',
    title: 'Ann writes to a peer that does not come, while Eve is here',
    severity: 'required',
    expected: 'Ann hears EXPIRE, and Eve nothing',
    needs: 'messages expire',
    async run(scene) {
      const [ann, eve, absent] = [await scene.enters('ann'), await scene.enters('eve'), fresh('absent')];
      ann.offers(absent);
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent });
      await scene.overhearsNothing(eve);
    },
  },
  {
    id: 'M14.not-delivered',
    title: 'Ann hears EXPIRE of Bob, who enters then',
    severity: 'required',
    expected: 'Bob hears nothing of it any more',
    needs: 'messages expire',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      ann.offers(id);
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: id });
      await scene.hearsNothing(await scene.enters('bob', { id }));
    },
  },
  {
    id: 'M14.delivered-in-time',
    title: 'Ann writes to Bob, who enters in time; then she writes to a peer that does not come',
    severity: 'required',
    expected: 'she hears EXPIRE of the second only',
    needs: 'messages expire',
    async run(scene) {
      const [ann, id, absent] = [await scene.enters('ann'), fresh('bob'), fresh('absent')];
      ann.offers(id, 'in time');
      await scene.hearsNothing(ann);
      equals('the payload', (await (await scene.enters('bob', { id })).hears())['payload'], 'in time');
      ann.offers(absent);
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M14.names-of-javascript',
    title: 'Ann writes to __proto__, constructor and hasOwnProperty, which do not come',
    severity: 'hardening',
    expected: 'she hears EXPIRE of each',
    needs: 'messages expire',
    async run(scene) {
      const [ann, ids] = [await scene.enters('ann'), ['__proto__', 'constructor', 'hasOwnProperty']];
      for (const id of ids) ann.offers(id);
      equals('of whom Ann hears', (await ann.hearsAll(3)).map((frame) => String(frame['src'])).sort(), ids.sort());
    },
  },
  {
    id: 'M14.full-time',
    title: 'Ann writes to Bob, who is absent; late in that time Cem does; Ann hears EXPIRE, and Bob enters',
    severity: 'recommended',
    expected: 'Bob hears Cem: each message has its own time, however old the mailbox is',
    needs: 'messages expire later',
    reference: {
      does: 'counts from the first message of the mailbox, and drops a later one young',
      shows: /waited \d+ ms for a frame/,
    },
    async run(scene) {
      const [ann, cem, id] = [await scene.enters('ann'), await scene.enters('cem'), fresh('bob')];
      ann.offers(id, 'old');
      await scene.waits(scene.setting('expire_timeout') * 0.45);
      cem.offers(id, 'young');
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: id });
      const bob = await scene.enters('bob', { id });
      has('what Bob hears', await bob.hears(USUAL_MS), { src: cem.id, payload: 'young' });
    },
  },
  {
    id: 'M15.sender-gone',
    title: 'Ann writes to an absent peer and is cut off; Bob writes to it too',
    severity: 'required',
    expected: 'Bob hears his own EXPIRE, and nothing of hers',
    needs: 'messages expire',
    async run(scene) {
      const [ann, bob, absent] = [await scene.enters('ann'), await scene.enters('bob'), fresh('absent')];
      ann.offers(absent);
      await scene.hearsNothing(ann);
      ann.cut();
      bob.offers(absent);
      equals('what Bob hears', await hearsOwn(bob), { type: 'EXPIRE', src: absent, dst: bob.id });
      await scene.overhearsNothing(bob);
    },
  },
  {
    id: 'M6.never-expires',
    title: 'Ann sends LEAVE and EXPIRE to absent peers, and later an OFFER to another',
    severity: 'required',
    expected: 'she hears EXPIRE of the last only',
    needs: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.enters('ann'), fresh('absent')];
      ann.sends({ type: 'LEAVE', dst: fresh('nobody') }).sends({ type: 'EXPIRE', dst: fresh('nobody') });
      await scene.waits(scene.setting('expire_timeout') / 2);
      ann.offers(absent);
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M12.never-expires',
    title: 'Ann sends an OFFER without dst, and later one to an absent peer',
    severity: 'hardening',
    expected: 'she hears EXPIRE of the last only',
    needs: 'messages expire',
    async run(scene) {
      const [ann, absent] = [await scene.enters('ann'), fresh('absent')];
      ann.sends({ type: 'OFFER', payload: 1 });
      await scene.waits(scene.setting('expire_timeout') / 2);
      ann.offers(absent);
      equals('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
  ...Object.entries({ five: '5', fraction: '-0.5', object: '{}', list: '[]', 'list-of-text': '["bob"]', true: 'true' }).map(
    ([name, dst]) => oddDestination(name, dst, true),
  ),
  ...Object.entries({ false: 'false', zero: '0' }).map(([name, dst]) => oddDestination(name, dst, false)),
  {
    id: 'M11.others-still-expire',
    title: 'Mallory sends an OFFER to {"id":1}, and Ann writes to a peer that does not come',
    severity: 'hardening',
    expected: 'Ann hears EXPIRE as ever',
    needs: 'messages expire',
    pace: 'alone',
    async run(scene) {
      const [ann, mallory, absent] = [await scene.enters('ann'), await scene.enters('mallory'), fresh('absent')];
      mallory.sendsText('{"type":"OFFER","dst":{"id":1},"payload":1}');
      await mallory.isReadOrClosed();
      await scene.waits(scene.setting('expire_timeout') + 300);
      ann.offers(absent);
      equals('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  },
]);

/** A timer may ring a little early. */
const ROUNDING_MS = 5;
/** How late a sweep may be. What a slow machine delays, it delays with the echo. */
const GRACE_MS = 1_000;
const USUAL_SWEEP_MS = 1_000;
/** What is there comes at once. */
const USUAL_MS = 3_000;

/** What a peer hears next. @throws Dangerous where it is an EXPIRE that another should hear. */
async function hearsOwn(peer: FarPeer): Promise<Frame> {
  const frame = await peer.hears();
  const { type, src, dst } = frame;
  if (type !== 'EXPIRE' || dst === peer.id || src === peer.id) return frame;
  throw new Dangerous(`${peer.name} hears an EXPIRE for another: ${shown(frame)}`);
}

function oddDestination(name: string, dst: string, differs: boolean): CaseDraft {
  const does = 'keeps it under that value, and tells EXPIRE with the same value as `src`';
  return {
    id: `M11.${name}`,
    title: `Ann sends an OFFER to ${dst}, which is no text, and later one to an absent peer`,
    severity: 'hardening',
    expected: 'the first is ignored: she hears EXPIRE of the last only',
    needs: 'messages expire',
    pace: 'later',
    ...(differs ? { reference: { does, shows: /what Ann hears: expected/ } } : {}),
    async run(scene) {
      const [ann, absent] = [await scene.enters('ann'), fresh('absent')];
      ann.sendsText(`{"type":"OFFER","dst":${dst},"payload":1}`);
      await scene.waits(scene.setting('expire_timeout') / 2);
      ann.offers(absent);
      has('what Ann hears', await hearsOwn(ann), { type: 'EXPIRE', src: absent });
    },
  };
}
