import { cases, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const UNBOUNDED: Reference = { behaviour: 'keeps it without bound', evidence: /waited \d+ ms for a frame/ };

/** O11 and M13: what waits for a peer that is absent. */
export const MAILBOX_CASES = cases([
  {
    id: 'O11.after-open',
    title: 'Ann writes three messages to Bob, who is absent; Bob enters',
    severity: 'required',
    expected: 'Bob hears OPEN, then the messages in order, each once; Ann hears nothing',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.send({ type: 'OFFER', dst: id, payload: 1 });
      ann.send({ type: 'CANDIDATE', dst: id, payload: 2 }).send({ type: 'CANDIDATE', dst: id });
      await scene.expectNothing(ann);
      const bob = await scene.openSocket('bob', { id });
      assertEqual('what Bob hears', await bob.receiveMany(4), [
        { type: 'OPEN' },
        { type: 'OFFER', src: ann.id, dst: id, payload: 1 },
        { type: 'CANDIDATE', src: ann.id, dst: id, payload: 2 },
        { type: 'CANDIDATE', src: ann.id, dst: id },
      ]);
      await scene.expectNothing(bob);
    },
  },
  {
    id: 'O11.once',
    title: 'Ann writes to Bob, who is absent; Bob enters, leaves and enters again',
    severity: 'required',
    expected: 'Bob hears it the first time only',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'once');
      await scene.expectNothing(ann);
      const bob = await scene.connect('bob', { id });
      assertEqual('the payload', (await bob.receive())['payload'], 'once');
      await bob.close();
      await scene.expectNothing(await scene.connectWhenFree('bob', { id }));
    },
  },
  {
    id: 'O11.refused-hears-nothing',
    title: 'Ann writes to Bob, who is absent; a socket with his id and an unknown key is refused; Bob enters',
    severity: 'required',
    expected: 'the refused one hears nothing of it, Bob does',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'for Bob only');
      await scene.expectNothing(ann);
      const stranger = await scene.openSocket('stranger', { id, key: 'nobody' });
      await stranger.waitForClose();
      const overheard = stranger.unread.find(({ text }) => text.includes('for Bob only'));
      if (overheard !== undefined) throw new Dangerous(`a socket that was refused hears what waits: ${overheard.text}`);
      assertEqual('the payload', (await (await scene.connect('bob', { id })).receive())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O11.sender-has-left',
    title: 'Ann writes to Bob, who is absent, and leaves; Bob enters',
    severity: 'recommended',
    expected: 'Bob hears it all the same',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'left behind');
      await scene.expectNothing(ann);
      await ann.close();
      assertMembers('what Bob hears', await (await scene.connect('bob', { id })).receive(), {
        src: ann.id,
        payload: 'left behind',
      });
    },
  },
  {
    id: 'M13.waits',
    title: 'Ann sends an OFFER, an ANSWER and a CANDIDATE to Bob, who is absent; Bob enters',
    severity: 'required',
    expected: 'each has waited for him',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      const types = ['OFFER', 'ANSWER', 'CANDIDATE'];
      for (const type of types) ann.send({ type, dst: id, payload: type });
      await scene.expectNothing(ann);
      const heard = await (await scene.connect('bob', { id })).receiveMany(types.length);
      assertEqual(
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
    setup: 'messages wait',
    async run(scene) {
      const [ann, bobs, cems] = [await scene.connect('ann'), uniqueName('bob'), uniqueName('cem')];
      ann.sendOffer(bobs, 'for Bob').sendOffer(cems, 'for Cem');
      await scene.expectNothing(ann);
      for (const [name, id, payload] of [
        ['bob', bobs, 'for Bob'],
        ['cem', cems, 'for Cem'],
      ] as const) {
        const peer = await scene.connect(name, { id });
        const heard = await peer.receive();
        if (heard['dst'] !== id) throw new Dangerous(`${name} hears what waits for another`);
        assertEqual('the payload', heard['payload'], payload);
        await scene.expectNoLeak(peer);
      }
    },
  },
  {
    id: 'M13.too-many-messages',
    title: 'Ann writes one message too many to an absent peer, which then enters',
    severity: 'hardening',
    expected: 'Ann hears EXPIRE at once, and the others have waited',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, id, room] = [await scene.connect('ann'), uniqueName('bob'), scene.setting('mailbox_messages')];
      for (let n = 0; n <= room; n++) ann.send({ type: 'CANDIDATE', dst: id, payload: n });
      assertEqual('what Ann hears', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
      const heard = await (await scene.connect('bob', { id })).receiveMany(room);
      assertEqual(
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
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      const payload = 'x'.repeat(Math.ceil(scene.setting('mailbox_bytes') * 0.57));
      ann.sendOffer(id, payload).sendOffer(id, payload);
      assertEqual('what Ann hears', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  },
  {
    id: 'M13.too-many-mailboxes',
    title: 'Ann writes to more absent peers than she may',
    severity: 'hardening',
    expected: 'she hears EXPIRE from the last at once',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(scene) {
      const count = scene.setting('mailboxes_per_sender') + 1;
      const [ann, ids] = [await scene.connect('ann'), Array.from({ length: count }, () => uniqueName('absent'))];
      for (const id of ids) ann.sendOffer(id);
      assertEqual('what Ann hears', await ann.receive(), { type: 'EXPIRE', src: ids.at(-1), dst: ann.id });
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
    setup: 'messages wait',
    reference: { behaviour: 'keeps it like any other', evidence: /waited \d+ ms for a frame/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.sendOffer(id);
      assertEqual('what Ann hears', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  })),
  {
    id: 'M13.realm-full',
    title: 'Ann and Bob write more bytes to two absent peers than the realm holds',
    severity: 'hardening',
    expected: 'Bob hears EXPIRE at once',
    setup: 'small realm',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const payload = 'x'.repeat(Math.ceil(scene.setting('realm_mailbox_bytes') * 0.6));
      ann.sendOffer(uniqueName('first'), payload);
      await scene.expectNothing(ann);
      const second = uniqueName('second');
      bob.sendOffer(second, payload);
      assertEqual('what Bob hears', await bob.receive(), { type: 'EXPIRE', src: second, dst: bob.id });
    },
  },
]);
