import { cases, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const UNBOUNDED: Reference = { behaviour: 'holds messages without a limit', evidence: /waiting for a frame/ };

/** O11 and M13: messages held for an absent peer. */
export const MAILBOX_CASES = cases([
  {
    id: 'O11.after-open',
    title: 'Ann sends three messages to absent Bob; Bob connects',
    severity: 'required',
    expected: 'Bob receives OPEN, then the messages once and in order; Ann receives nothing',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendMessage('OFFER', id, 1);
      ann.sendMessage('CANDIDATE', id, 2).sendMessage('CANDIDATE', id, 3);
      await fixture.expectNothing(ann);
      const bob = await fixture.openSocket('bob', { id });
      assertEqual('frame received by Bob', await bob.receiveMany(4), [
        { type: 'OPEN' },
        { type: 'OFFER', src: ann.id, dst: id, payload: 1 },
        { type: 'CANDIDATE', src: ann.id, dst: id, payload: 2 },
        { type: 'CANDIDATE', src: ann.id, dst: id, payload: 3 },
      ]);
      await fixture.expectNothing(bob);
    },
  },
  {
    id: 'O11.once',
    title: 'Ann sends an OFFER to absent Bob; Bob connects, disconnects and connects again',
    severity: 'required',
    expected: 'Bob receives the OFFER the first time only',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'once');
      await fixture.expectNothing(ann);
      const bob = await fixture.connect('bob', { id });
      assertEqual('the payload', (await bob.receive())['payload'], 'once');
      await bob.close();
      await fixture.expectNothing(await fixture.connectWhenFree('bob', { id }));
    },
  },
  {
    id: 'O11.refused-hears-nothing',
    title: 'Ann sends an OFFER to absent Bob; a socket with his id and an unknown key is refused; Bob connects',
    severity: 'required',
    expected: 'the refused socket does not receive the OFFER, Bob does',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'for Bob only');
      await fixture.expectNothing(ann);
      const rejected = await fixture.openSocket('unknown-key', { id, key: 'unknown' });
      await rejected.waitForClose();
      const overheard = rejected.unread.find(({ text }) => text.includes('for Bob only'));
      if (overheard !== undefined) throw new Dangerous(`a refused socket received a held message: ${overheard.text}`);
      assertEqual('the payload', (await (await fixture.connect('bob', { id })).receive())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O11.sender-has-left',
    title: 'Ann sends an OFFER to absent Bob and disconnects; Bob connects',
    severity: 'required',
    expected: 'Bob receives the OFFER, although its sender is no longer connected',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'left behind');
      await fixture.expectNothing(ann);
      await ann.close();
      assertMembers('frame received by Bob', await (await fixture.connect('bob', { id })).receive(), {
        src: ann.id,
        payload: 'left behind',
      });
    },
  },
  {
    id: 'O11.sender-returns',
    title: 'Ann sends an OFFER to absent Bob, and opens a second socket with her token; Bob connects',
    severity: 'required',
    expected: 'Bob receives the OFFER: a reconnect of the sender changes nothing',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id, 'held');
      await fixture.expectNothing(ann);
      await fixture.reconnectAndSettle(ann);
      assertMembers('frame received by Bob', await (await fixture.connect('bob', { id })).receive(), {
        src: ann.id,
        payload: 'held',
      });
    },
  },
  {
    id: 'M13.waits',
    title: 'Ann sends an OFFER, an ANSWER and a CANDIDATE to absent Bob; Bob connects',
    severity: 'required',
    expected: 'Bob receives all three: a call can start before the recipient is connected',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      const types = ['OFFER', 'ANSWER', 'CANDIDATE'];
      for (const type of types) ann.sendMessage(type, id, type);
      await fixture.expectNothing(ann);
      const received = await (await fixture.connect('bob', { id })).receiveMany(types.length);
      assertEqual(
        'the types',
        received.map((frame) => frame['type']),
        types,
      );
    },
  },
  {
    id: 'M13.each-mailbox',
    title: 'Ann sends an OFFER to each of two absent peers; both connect',
    severity: 'required',
    expected: 'each peer receives its own OFFER only',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, bobs, cems] = [await fixture.connect('ann'), uniqueName('bob'), uniqueName('cem')];
      ann.sendOffer(bobs, 'for Bob').sendOffer(cems, 'for Cem');
      await fixture.expectNothing(ann);
      for (const [name, id, payload] of [
        ['bob', bobs, 'for Bob'],
        ['cem', cems, 'for Cem'],
      ] as const) {
        const peer = await fixture.connect(name, { id });
        const received = await peer.receive();
        if (received['dst'] !== id) throw new Dangerous(`${name} received a message held for another peer`);
        assertEqual('the payload', received['payload'], payload);
        await fixture.expectNoLeak(peer);
      }
    },
  },
  {
    id: 'M13.too-many-messages',
    title: 'Ann sends one message more than a mailbox holds to an absent peer, which then connects',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE immediately for the last message, and the peer receives the others',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(fixture) {
      const [ann, id, room] = [await fixture.connect('ann'), uniqueName('bob'), fixture.setting('mailbox_messages')];
      for (let n = 0; n <= room; n++) ann.sendMessage('CANDIDATE', id, n);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
      const received = await (await fixture.connect('bob', { id })).receiveMany(room);
      assertEqual(
        'the held messages',
        received.map((frame) => frame['payload']),
        Array.from({ length: room }, (_, n) => n),
      );
    },
  },
  {
    id: 'M13.too-many-bytes',
    title: 'Ann sends two messages to an absent peer, together larger than a mailbox',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE immediately for the second message',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      const payload = 'x'.repeat(Math.ceil(fixture.setting('mailbox_bytes') * 0.57));
      ann.sendOffer(id, payload).sendOffer(id, payload);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  },
  {
    id: 'M13.counts-bytes',
    title: 'Ann sends two messages of characters with three bytes each to an absent peer, together larger than a mailbox',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE immediately for the second message: the limit counts bytes, not characters',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      const payload = '☃'.repeat(Math.ceil((fixture.setting('mailbox_bytes') * 0.57) / 3));
      ann.sendOffer(id, payload).sendOffer(id, payload);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  },
  {
    id: 'M13.too-many-mailboxes',
    title: 'Ann sends an OFFER to one absent peer more than a sender may have mailboxes',
    severity: 'hardening',
    expected: 'Ann receives EXPIRE immediately for the last one',
    setup: 'small mailboxes',
    reference: UNBOUNDED,
    async run(fixture) {
      const count = fixture.setting('mailboxes_per_sender') + 1;
      const [ann, ids] = [await fixture.connect('ann'), Array.from({ length: count }, () => uniqueName('absent'))];
      for (const id of ids) ann.sendOffer(id);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: ids.at(-1), dst: ann.id });
    },
  },
  ...Object.entries({
    'too-long': ['too long', 'x'.repeat(129)],
    'control-character': ['with a control character', 'a\u0007b'],
    'half-surrogate': ['with a lone surrogate', 'a\ud83eb'],
  }).map(([name, [what = '', id = '']]): CaseDraft => ({
    id: `M13.nobodys-${name}`,
    title: `Ann sends an OFFER to an invalid id: ${what}`,
    severity: 'recommended',
    expected: 'Ann receives EXPIRE immediately, because no peer can register that id',
    setup: 'mailboxes',
    reference: { behaviour: 'holds the message, as for a valid id', evidence: /waiting for a frame/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.sendOffer(id);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: id, dst: ann.id });
    },
  })),
  {
    id: 'M13.realm-full',
    title: 'Ann and Bob send more bytes to two absent peers than the realm holds',
    severity: 'hardening',
    expected: 'Bob receives EXPIRE immediately: the memory of a realm is limited',
    setup: 'small realm',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = 'x'.repeat(Math.ceil(fixture.setting('realm_mailbox_bytes') * 0.6));
      ann.sendOffer(uniqueName('first'), payload);
      await fixture.expectNothing(ann);
      const second = uniqueName('second');
      bob.sendOffer(second, payload);
      assertEqual('frame received by Bob', await bob.receive(), { type: 'EXPIRE', src: second, dst: bob.id });
    },
  },
]);
