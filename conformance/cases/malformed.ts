import { cases, type Case, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers, formatValue } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { Failed, loose, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';

const IGNORES_SOCKET: Reference = { behaviour: 'never hears that socket again', evidence: /never heard again/ };

/** As they stand in JSON. */
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
/** What a server may not take well. */
const RISKY = { severity: 'hardening', pace: 'alone' } as const satisfies Partial<Case>;

/** M9, M10, M12: what nobody should send. */
export const MALFORMED_CASES = cases([
  ...Object.entries(IGNORED_TYPES).map(([name, type]): CaseDraft => ({
    id: `M9.${name}`,
    title: `Ann sends Bob a frame of type ${type}, then an OFFER`,
    severity: 'required',
    expected: 'Bob hears the OFFER only, and Ann nothing',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":${type},"dst":"${bob.id}","payload":1}`);
      await scene.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  })),
  {
    id: 'M9.no-type',
    title: 'Ann sends Bob a frame without a type and an empty object, then an OFFER',
    severity: 'required',
    expected: 'Bob hears the OFFER only, and Ann nothing',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ dst: bob.id, payload: 1 }).send({});
      await scene.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  },
  ...Object.entries(NO_OBJECTS).map(([name, text]): CaseDraft => ({
    ...RISKY,
    id: `M10.${name}`,
    title: `Ann sends ${JSON.stringify(text)}, which is no JSON object, then an OFFER to Bob`,
    expected: 'Bob hears the OFFER: the socket goes on working',
    reference: IGNORES_SOCKET,
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(text);
      return expectStillRelayed(scene, ann, bob);
    },
  })),
  {
    ...RISKY,
    id: 'M10.lists',
    title: 'Ann sends lists, then an OFFER to Bob',
    expected: 'Bob hears the OFFER: the socket goes on working',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText('[]').sendText('[{"type":"OFFER"}]');
      return expectStillRelayed(scene, ann, bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.broken-binary',
    title: 'Ann sends four bytes that mean nothing as a binary frame, then an OFFER to Bob',
    expected: 'Bob hears the OFFER: the socket goes on working',
    reference: IGNORES_SOCKET,
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendBytes(Buffer.from([0, 1, 2, 0xff]));
      return expectStillRelayed(scene, ann, bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.binary-not-utf8',
    title: 'Ann sends Bob JSON in a binary frame, with a byte in its payload that is no UTF-8; then an OFFER',
    expected: 'Bob hears the OFFER only',
    reference: { behaviour: 'relays it with U+FFFD for what it can not read', evidence: /relays it/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const [before = '', after = ''] = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: '?' }).split('?');
      ann.sendBytes(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])).sendOffer(bob.id, 'next');
      if ((await bob.receive())['payload'] === 'next') return;
      return loose('relays it, with something in place of what it can not read');
    },
  },
  {
    ...RISKY,
    id: 'M10.text-not-utf8',
    title: 'Ann sends a text frame that is no UTF-8',
    expected: 'her socket is closed or goes on, and nobody else notices',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendTextBytes(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
      if (ann.isOpen) await Promise.race([ann.ended, ann.ping()]);
      await scene.expectNothing(bob);
    },
  },
  {
    ...RISKY,
    id: 'M10.nobody-else-notices',
    title: 'Mallory sends what is no JSON, text and bytes; Ann and Bob write to each other',
    expected: 'both hear each other',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const mallory = await scene.connect('mallory');
      mallory.sendText('{').sendText('null').sendBytes(Buffer.alloc(64, 0xff));
      ann.sendOffer(bob.id, 'over there');
      assertMembers('what Bob hears', await bob.receive(), { payload: 'over there' });
      bob.sendOffer(ann.id, 'and back');
      assertMembers('what Ann hears', await ann.receive(), { payload: 'and back' });
    },
  },
  {
    ...RISKY,
    id: 'M10.habit',
    title: 'Ann sends 200 malformed frames',
    expected: 'her socket is closed with 1007 somewhere on the way',
    reference: {
      behaviour: 'never hears that socket again, but leaves it open',
      evidence: /stays open after 200 malformed frames, and is unheard/,
    },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 200; n++) ann.sendText('{');
      const fate = await scene.checkRelay(ann, bob);
      if (typeof fate === 'string') return loose(`the socket stays open after 200 malformed frames, and is ${fate}`);
      return fate.code === 1007 ? undefined : loose(`closes with ${fate.code}`);
    },
  },
  {
    id: 'M12.no-dst',
    title: 'Ann sends OFFER, ANSWER and CANDIDATE without dst, with an empty one and with null; then an OFFER to Bob',
    severity: 'hardening',
    expected: 'Ann hears nothing, and Bob hears the last OFFER',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
        ann.send({ type, payload: 1 }).send({ type, dst: '' }).send({ type, dst: null });
      }
      await scene.expectNothing(ann);
      ann.sendOffer(bob.id, 'next');
      assertEqual('the payload', (await bob.receive())['payload'], 'next');
    },
  },
]);

/** To close the socket harms nobody either, but a stumble on a mobile network ends a call then. */
async function expectStillRelayed(scene: Fixture, ann: PeerClient, bob: PeerClient): Promise<Loose | void> {
  const fate = await scene.checkRelay(ann, bob);
  if (fate === 'unheard') throw new Failed('the socket stays open, and is never heard again');
  if (fate !== 'heard') return loose(`the socket is closed with ${fate.code}, after one malformed frame`);
  const [answer] = await scene.receiveUntilEcho(ann);
  return answer === undefined ? undefined : loose(`it is answered, and not ignored: ${formatValue(answer)}`);
}
