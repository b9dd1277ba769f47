import { randomInt } from 'node:crypto';
import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import { Dangerous, loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import type { Severity } from '../results.ts';
import { connectUnlessRefused, REFUSES_ID } from './unusual-ids.ts';

type Pair = readonly [one: string, other: string];

/** Ids that a server may confuse, of which each is valid. */
const SIMILAR: Readonly<Record<string, readonly [what: string, severity: Severity, pairOf: (name: string) => Pair]>> = {
  capitals: ['that differ in capitals', 'required', (name) => [`Ann${name}`, `ann${name}`]],
  zeros: ['"7…" and "007…"', 'required', () => pairOf(`7${digits()}`, (id) => `00${id}`)],
  fraction: ['"42" and "42.0"', 'recommended', () => pairOf(digits(), (id) => `${id}.0`)],
  'space-before': ['"ann" and " ann"', 'recommended', (name) => [`ann${name}`, ` ann${name}`]],
  'space-behind': ['"ann" and "ann "', 'recommended', (name) => [`ann${name}`, `ann${name} `]],
  'canonical-form': ['"é" in both Unicode forms', 'recommended', (name) => [`\u00e9${name}`, `e\u0301${name}`]],
  'plus-and-space': ['"a+b" and "a b"', 'recommended', (name) => [`a+b${name}`, `a b${name}`]],
  long: [
    'of 128 characters that differ in the last one',
    'recommended',
    (name) => [`${'x'.repeat(113)}${name}a`, `${'x'.repeat(113)}${name}b`],
  ],
  'escaped-twice': ['"%41" and "A"', 'recommended', (name) => [`%41${name}`, `A${name}`]],
};

const ONLY_DIGITS: Readonly<Record<string, () => string>> = { zero: () => '0', digits: () => `42${digits()}` };

/** O7, M11, M13: ids and destinations are compared as they are. */
export const IDENTITY_CASES = cases([
  ...Object.entries(SIMILAR).map(([name, [what, severity, similar]]): CaseDraft => ({
    id: `O7.distinct-${name}`,
    title: `two peers connect with the ids ${what}; Bob sends an OFFER to each`,
    severity: severity === 'recommended' ? 'required' : severity,
    expected: `both connect, and each receives its own OFFER: ids are compared as they are${severity === 'recommended' ? '; or one is refused as invalid, which is loose' : ''}`,
    async run(fixture) {
      const [one, other] = similar(uniqueName(''));
      const first = await connectUnlessRefused(fixture, 'one', one);
      const second = await connectUnlessRefused(fixture, 'other', other);
      if (severity === 'recommended' && (first === undefined || second === undefined)) return REFUSES_ID;
      assertThat(first !== undefined && second !== undefined, 'the server refuses one of the ids');
      const peers = [first, second];
      const bob = await fixture.connect('bob');
      for (const { id } of peers) bob.sendOffer(id, id);
      for (const peer of peers) {
        const received = await fixture.receiveUntilEcho(peer);
        const foreign = received.find(({ payload }) => payload !== peer.id && peers.some(({ id }) => id === payload));
        if (foreign !== undefined) {
          throw new Dangerous(`${formatValue(peer.id)} received the OFFER to ${formatValue(foreign['payload'])}`);
        }
        assertEqual(`the messages of ${formatValue(peer.id)}`, received, [
          { type: 'OFFER', src: bob.id, dst: peer.id, payload: peer.id },
        ]);
      }
      return undefined;
    },
  })),
  ...Object.entries(ONLY_DIGITS).map(([name, idOf]): CaseDraft => ({
    id: `O7.only-${name}`,
    title: `Ann connects with an id of digits only (${name === 'zero' ? '0' : '42…'}); Bob sends her an OFFER, and she sends him an ANSWER`,
    severity: 'required',
    expected: 'both messages are delivered, with the id of Ann as a string',
    async run(fixture) {
      const id: string = idOf();
      const [ann, bob] = [await fixture.connect('ann', { id }), await fixture.connect('bob')];
      bob.sendOffer(id, 'offer');
      assertEqual('frame received by Ann', await ann.receive(), { type: 'OFFER', src: bob.id, dst: id, payload: 'offer' });
      ann.sendMessage('ANSWER', bob.id, 'answer');
      assertEqual('frame received by Bob', await bob.receive(), { type: 'ANSWER', src: id, dst: bob.id, payload: 'answer' });
    },
  })),
  ...(['capitals', 'space-behind'] as const).map((name): CaseDraft => ({
    id: `M13.distinct-${name}`,
    title: `Ann sends an OFFER to an absent peer; another one connects with a similar id (${SIMILAR[name]?.[0]}), then the absent one`,
    severity: 'required',
    expected: 'only the second one receives the OFFER: mailboxes belong to ids as they are',
    setup: 'mailboxes',
    async run(fixture) {
      const [absent = '', similar = ''] = SIMILAR[name]?.[2](uniqueName('')) ?? [];
      const ann = await fixture.connect('ann');
      ann.sendOffer(absent, 'held');
      await fixture.expectNothing(ann);
      await fixture.expectNoLeak(await fixture.connect('similar', { id: similar }));
      const received = await (await fixture.connect('absent', { id: absent })).receive();
      assertMembers('frame received by the absent peer', received, { src: ann.id, dst: absent, payload: 'held' });
    },
  })),
  {
    id: 'M11.list-of-a-peer',
    title: 'Bob sends Ann an OFFER whose dst is a list with her id, then one whose dst is the id',
    severity: 'hardening',
    expected: 'Ann receives the second OFFER only: a list is not an id',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      bob.send({ type: 'OFFER', dst: [ann.id], payload: clientPayload('OFFER', 'a list') }).sendOffer(ann.id, 'a string');
      const first = await ann.receive();
      if (first['payload'] === 'a string') return;
      assertMembers('frame received by Ann', first, { type: 'OFFER', src: bob.id, dst: ann.id });
      return loose('reads the list as its only element');
    },
  },
  {
    id: 'M11.number-of-a-peer',
    title: 'Ann connects with an id of digits; Bob sends an OFFER whose dst is that number, then one whose dst is the string',
    severity: 'hardening',
    expected: 'Ann receives the second OFFER only: a number is not an id',
    async run(fixture) {
      const id = digits();
      const [ann, bob] = [await fixture.connect('ann', { id }), await fixture.connect('bob')];
      bob.send({ type: 'OFFER', dst: Number(id), payload: {} }).sendOffer(id, 'a string');
      const first = await ann.receive();
      if (first['payload'] === 'a string') return;
      assertMembers('frame received by Ann', first, { type: 'OFFER', src: bob.id, dst: id });
      return loose('reads the number as a string');
    },
  },
]);

function pairOf(one: string, otherOf: (one: string) => string): Pair {
  return [one, otherOf(one)];
}

/** Digits that are exact as a number. */
function digits(): string {
  return String(randomInt(100_000_000, 999_999_999));
}
