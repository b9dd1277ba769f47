import { cases, type CaseDraft, type Reference } from '../case.ts';
import { equals, has } from '../claims.ts';
import { Dangerous } from '../outcomes.ts';
import { fresh } from '../scene.ts';

const UNBOUNDED: Reference = { does: 'keeps it without bound', shows: /waited \d+ ms for a frame/ };

/** O11 and M13: what waits for a peer that is absent. */
export const MAILBOX_CASES = cases([
  {
    id: 'O11.after-open',
    title: 'Ann writes three messages to Bob, who is absent; Bob enters',
    severity: 'required',
    expected: 'Bob hears OPEN, then the messages in order, each once; Ann hears nothing',
    needs: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      ann.sends({ type: 'OFFER', dst: id, payload: 1 });
      ann.sends({ type: 'CANDIDATE', dst: id, payload: 2 }).sends({ type: 'CANDIDATE', dst: id });
      await scene.hearsNothing(ann);
      const bob = await scene.opens('bob', { id });
      equals('what Bob hears', await bob.hearsAll(4), [
        { type: 'OPEN' },
        { type: 'OFFER', src: ann.id, dst: id, payload: 1 },
        { type: 'CANDIDATE', src: ann.id, dst: id, payload: 2 },
        { type: 'CANDIDATE', src: ann.id, dst: id },
      ]);
      await scene.hearsNothing(bob);
    },
  },
  {
    id: 'O11.once',
    title: 'Ann writes to Bob, who is absent; Bob enters, leaves and enters again',
    severity: 'required',
    expected: 'Bob hears it the first time only',
    needs: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      ann.offers(id, 'once');
      await scene.hearsNothing(ann);
      const bob = await scene.enters('bob', { id });
      equals('the payload', (await bob.hears())['payload'], 'once');
      await bob.leaves();
      await scene.hearsNothing(await scene.entersWhenFree('bob', { id }));
    },
  },
  {
    id: 'O11.refused-hears-nothing',
    title: 'Ann writes to Bob, who is absent; a socket with his id and an unknown key is refused; Bob enters',
    severity: 'required',
    expected: 'the refused one hears nothing of it, Bob does',
    needs: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      ann.offers(id, 'for Bob only');
      await scene.hearsNothing(ann);
      const stranger = await scene.opens('stranger', { id, key: 'nobody' });
      await stranger.closed();
      const overheard = stranger.unheard.find(({ text }) => text.includes('for Bob only'));
      if (overheard !== undefined) throw new Dangerous(`a socket that was refused hears what waits: ${overheard.text}`);
      equals('the payload', (await (await scene.enters('bob', { id })).hears())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O11.sender-has-left',
    title: 'Ann writes to Bob, who is absent, and leaves; Bob enters',
    severity: 'recommended',
    expected: 'Bob hears it all the same',
    needs: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      ann.offers(id, 'left behind');
      await scene.hearsNothing(ann);
      await ann.leaves();
      has('what Bob hears', await (await scene.enters('bob', { id })).hears(), { src: ann.id, payload: 'left behind' });
    },
  },
  {
    id: 'M13.waits',
    title: 'Ann sends an OFFER, an ANSWER and a CANDIDATE to Bob, who is absent; Bob enters',
    severity: 'required',
    expected: 'each has waited for him',
    needs: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      const types = ['OFFER', 'ANSWER', 'CANDIDATE'];
      for (const type of types) ann.sends({ type, dst: id, payload: type });
      await scene.hearsNothing(ann);
      const heard = await (await scene.enters('bob', { id })).hearsAll(types.length);
      equals(
        'the types',
        heard.map((frame) => frame['type']),
        types,
      );
    },
  },
  {
    id: 'M13.each-mailbox',
    title: 'Ann writes to two absent peers; both enter',
    severity: 'required',
    expected: 'each hears what was written to it',
    needs: 'messages wait',
    async run(scene) {
      const [ann, bobs, cems] = [await scene.enters('ann'), fresh('bob'), fresh('cem')];
      ann.offers(bobs, 'for Bob').offers(cems, 'for Cem');
      await scene.hearsNothing(ann);
      for (const [name, id, payload] of [
        ['bob', bobs, 'for Bob'],
        ['cem', cems, 'for Cem'],
      ] as const) {
        const peer = await scene.enters(name, { id });
        const heard = await peer.hears();
        if (heard['dst'] !== id) throw new Dangerous(`${name} hears what waits for another`);
        equals('the payload', heard['payload'], payload);
        await scene.overhearsNothing(peer);
      }
    },
  },
  {
    id: 'M13.too-many-messages',
    title: 'Ann writes one message too many to an absent peer, which then enters',
    severity: 'hardening',
    expected: 'Ann hears EXPIRE at once, and the others have waited',
    needs: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, id, room] = [await scene.enters('ann'), fresh('bob'), scene.setting('mailbox_messages')];
      for (let n = 0; n <= room; n++) ann.sends({ type: 'CANDIDATE', dst: id, payload: n });
      equals('what Ann hears', await ann.hears(), { type: 'EXPIRE', src: id, dst: ann.id });
      const heard = await (await scene.enters('bob', { id })).hearsAll(room);
      equals(
        'what has waited',
        heard.map((frame) => frame['payload']),
        Array.from({ length: room }, (_, n) => n),
      );
    },
  },
  {
    id: 'M13.too-many-bytes',
    title: 'Ann writes more bytes to an absent peer than its mailbox holds, in two messages',
    severity: 'hardening',
    expected: 'she hears EXPIRE at once',
    needs: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, id] = [await scene.enters('ann'), fresh('bob')];
      const payload = 'x'.repeat(Math.ceil(scene.setting('mailbox_bytes') * 0.57));
      ann.offers(id, payload).offers(id, payload);
      equals('what Ann hears', await ann.hears(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  },
  {
    id: 'M13.too-many-mailboxes',
    title: 'Ann writes to more absent peers than she may',
    severity: 'hardening',
    expected: 'she hears EXPIRE from the last at once',
    needs: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const count = scene.setting('mailboxes_per_sender') + 1;
      const [ann, ids] = [await scene.enters('ann'), Array.from({ length: count }, () => fresh('absent'))];
      for (const id of ids) ann.offers(id);
      equals('what Ann hears', await ann.hears(), { type: 'EXPIRE', src: ids.at(-1), dst: ann.id });
    },
  },
  ...Object.entries({
    'too-long': ['too long', 'x'.repeat(129)],
    'control-character': ['with a control character', 'a\u0007b'],
    'half-surrogate': ['with half of a surrogate pair', 'a\ud83eb'],
  }).map(([name, [what = '', id = '']]): CaseDraft => ({
    id: `M13.nobodys-${name}`,
    title: `Ann writes to an id that can be nobody's: ${what}`,
    severity: 'recommended',
    expected: 'she hears EXPIRE at once',
    needs: 'messages wait',
    reference: { does: 'keeps it like any other', shows: /waited \d+ ms for a frame/ },
    async run(scene) {
      const ann = await scene.enters('ann');
      ann.offers(id);
      equals('what Ann hears', await ann.hears(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  })),
  {
    id: 'M13.realm-full',
    title: 'Ann and Bob write more bytes to two absent peers than the realm holds',
    severity: 'hardening',
    expected: 'Bob hears EXPIRE at once',
    needs: 'small realm',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const payload = 'x'.repeat(Math.ceil(scene.setting('realm_mailbox_bytes') * 0.6));
      ann.offers(fresh('first'), payload);
      await scene.hearsNothing(ann);
      const second = fresh('second');
      bob.offers(second, payload);
      equals('what Bob hears', await bob.hears(), { type: 'EXPIRE', src: second, dst: bob.id });
    },
  },
]);
