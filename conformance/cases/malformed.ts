import { cases, type Case, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { Failed, loose, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';

const IGNORES_SOCKET: Reference = { behaviour: 'ignores every later frame of that socket', evidence: /later frames are ignored/ };

const PAYLOAD = clientPayload('OFFER', 'ignored');
/** In JSON syntax. */
const IGNORED_TYPES = {
  ...{ open: '"OPEN"', 'id-taken': '"ID-TAKEN"', error: '"ERROR"', 'invalid-key': '"INVALID-KEY"' },
  ...{ small: '"offer"', space: '"OFFER "', proto: '"__proto__"', constructor: '"constructor"', empty: '""' },
  ...{ number: '7', null: 'null', object: '{}', list: '["OFFER"]' },
};
const NO_OBJECTS = {
  ...{
    empty: '',
    'open-brace': '{',
    'close-brace': '}',
    word: 'hello',
    null: 'null',
    number: '5',
    text: '"OFFER"',
    true: 'true',
  },
  ...{ nan: 'NaN', 'null-character': '\u0000', 'single-quotes': "{'type':'OFFER'}", 'comma-at-end': '{"type":"OFFER",}' },
  ...{ 'two-objects': '{"type":"OFFER"}{}', 'leading-zero': '{"type":"OFFER","payload":01}' },
  ...{ 'raw-line-feed': '{"type":"OFFER","payload":"\n"}', 'bad-escape': '{"type":"OFFER","payload":"\\x"}' },
};
/** Frames that can crash a server. */
const RISKY = { severity: 'hardening', pace: 'alone' } as const satisfies Partial<Case>;

/** M9, M10, M12: frames that a server must ignore. */
export const MALFORMED_CASES = cases([
  ...Object.entries(IGNORED_TYPES).map(([name, type]): CaseDraft => ({
    id: `M9.${name}`,
    title: `Ann sends Bob a frame with the type ${type}, then an OFFER`,
    severity: 'required',
    expected: 'Bob receives the OFFER only, Ann receives nothing',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendText(`{"type":${type},"dst":"${bob.id}","payload":${JSON.stringify(PAYLOAD)}}`);
      await fixture.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  })),
  {
    id: 'M9.no-type',
    title: 'Ann sends Bob a frame without a type and an empty object, then an OFFER',
    severity: 'required',
    expected: 'Bob receives the OFFER only, Ann receives nothing',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ dst: bob.id, payload: PAYLOAD }).send({});
      await fixture.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  },
  {
    id: 'M9.names-in-capitals',
    title: 'Ann sends Bob a frame with TYPE, DST and PAYLOAD, then an OFFER',
    severity: 'hardening',
    expected: 'Bob receives the OFFER only: the frame has no type, because the names of members are in lower case',
    async run(fixture): Promise<Loose | void> {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ TYPE: 'OFFER', DST: bob.id, PAYLOAD });
      ann.sendOffer(bob.id, 'next');
      return (await bob.receive())['payload'] === 'next' ? undefined : loose('relays the frame');
    },
  },
  ...Object.entries(NO_OBJECTS).map(([name, text]): CaseDraft => ({
    ...RISKY,
    id: `M10.${name}`,
    title: `Ann sends ${JSON.stringify(text)}, which is not a JSON object, then an OFFER to Bob`,
    expected: 'Bob receives the OFFER: one malformed frame does not end a session',
    reference: IGNORES_SOCKET,
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendText(text);
      return expectStillRelayed(fixture, ann, bob);
    },
  })),
  {
    ...RISKY,
    id: 'M10.lists',
    title: 'Ann sends JSON arrays, then an OFFER to Bob',
    expected: 'Bob receives the OFFER: one malformed frame does not end a session',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendText('[]').sendText('[{"type":"OFFER"}]');
      return expectStillRelayed(fixture, ann, bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.broken-binary',
    title: 'Ann sends four arbitrary bytes in a binary frame, then an OFFER to Bob',
    expected: 'Bob receives the OFFER: one malformed frame does not end a session',
    reference: IGNORES_SOCKET,
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendBytes(Buffer.from([0, 1, 2, 0xff]));
      return expectStillRelayed(fixture, ann, bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.binary-not-utf8',
    title: 'Ann sends Bob JSON in a binary frame, with a byte in the payload that is not valid UTF-8; then an OFFER',
    expected: 'Bob receives the OFFER only',
    reference: { behaviour: 'relays it with U+FFFD instead of the invalid byte', evidence: /relays it/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const [before = '', after = ''] = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: '?' }).split('?');
      ann.sendBytes(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])).sendOffer(bob.id, 'next');
      if ((await bob.receive())['payload'] === 'next') return;
      return loose('relays it with a replacement for the invalid byte');
    },
  },
  {
    ...RISKY,
    id: 'M10.text-not-utf8',
    title: 'Ann sends a text frame that is not valid UTF-8',
    expected: 'her socket is closed or still served, and other peers are not affected',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendTextBytes(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
      await ann.waitUntilReadOrClosed();
      await fixture.expectNothing(bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.nobody-else-notices',
    title: 'Mallory sends text and binary frames that are not JSON; Ann and Bob exchange messages',
    expected: 'both messages are delivered: a malformed frame affects its sender only',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const mallory = await fixture.connect('mallory');
      mallory.sendText('{').sendText('null').sendBytes(Buffer.alloc(64, 0xff));
      ann.sendOffer(bob.id, 'over there');
      assertMembers('frame received by Bob', await bob.receive(), { payload: 'over there' });
      bob.sendOffer(ann.id, 'and back');
      assertMembers('frame received by Ann', await ann.receive(), { payload: 'and back' });
    },
  },
  {
    ...RISKY,
    id: 'M10.habit',
    title: 'Ann sends 200 malformed frames',
    expected: 'her socket is closed with 1007 after some of them',
    reference: {
      behaviour: 'ignores every later frame of that socket, but leaves it open',
      evidence: /stays open after 200 malformed frames, and later frames are ignored/,
    },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 200; n++) ann.sendText('{');
      const fate = await fixture.checkRelay(ann, bob);
      if (typeof fate === 'string') {
        return loose(`the socket stays open after 200 malformed frames, and later frames are ${fate}`);
      }
      return fate.code === 1007 ? undefined : loose(`closes with ${fate.code}`);
    },
  },
  {
    id: 'M12.no-dst',
    title: 'Ann sends OFFER, ANSWER and CANDIDATE without a dst, with an empty one and with null; then an OFFER to Bob',
    severity: 'hardening',
    expected: 'Ann receives nothing, Bob receives the last OFFER',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
        ann.send({ type, payload: PAYLOAD }).send({ type, dst: '' }).send({ type, dst: null });
      }
      await fixture.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  },
]);

/** Closing the socket does not harm others, but a single corrupted frame would end a call. */
async function expectStillRelayed(fixture: Fixture, ann: PeerClient, bob: PeerClient): Promise<Loose | void> {
  const fate = await fixture.checkRelay(ann, bob);
  if (fate === 'ignored') throw new Failed('the socket stays open, but later frames are ignored');
  if (fate !== 'relayed') return loose(`the socket is closed with ${fate.code} after one malformed frame`);
  const [answer] = await fixture.receiveUntilEcho(ann);
  return answer === undefined ? undefined : loose(`the malformed frame is answered instead of ignored: ${formatValue(answer)}`);
}
