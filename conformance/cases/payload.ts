import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import { parseFrame } from '../client/parse-frame.ts';
import { loose } from '../outcomes.ts';

const SAME_VALUE = {
  'text-of-all-kinds': 'ünï ☃ 🦊 \u0000 \u001f \u2028 \u2029 \ufeff \uffff " \\ / </script>',
  null: null,
  false: false,
  'empty-text': '',
  zero: 0,
  'empty-list': [],
  'empty-object': {},
  'empty-inside': { metadata: {}, list: [], deep: [{}] },
  'digits-as-text': { '1': '007', a: '1.0', b: '42' },
  'empty-names': { '': { '': [] } },
  numbers: [0, -1, 1.5, 1e-7, 0.1, 123456789, 2147483648, 9007199254740991, 1.7976931348623157e308],
  'payload-of-the-client': {
    ...{ sdp: { type: 'offer', sdp: 'v=0\r\n' }, type: 'data', connectionId: 'dc_1', metadata: { a: [1, null] } },
    ...{ label: 'dc_1', reliable: false, serialization: 'binary' },
  },
  session: { sdp: { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' }, type: 'data', connectionId: 'dc_1' },
};

/** The payload, and how `peer` 1.0.2 changes it, if it does. */
const SAME_BYTES: Readonly<Record<string, readonly [payload: string, seen: string]>> = {
  decimals: ['1.10', 'serializes numbers again: `1.1`'],
  'large-integer': ['12345678901234567890', 'loses digits of large integers'],
  'large-exponent': ['1e400', 'sends null'],
  'key-order': ['{"b":1,"a":{"d":1,"c":2}}', ''],
  'numeric-names': ['{"2":1,"1":2}', 'moves members whose names are numbers'],
  'fraction-zero': ['[1.0,-0,2E1]', 'serializes numbers again'],
  'html-characters': ['"<a&b>\'"', ''],
  'not-ascii': ['"é☃🦊"', ''],
  slash: ['"a/b"', ''],
  spaces: ['{ "a" : [ 1 , 2 ] }', 'removes the spaces'],
  'repeated-members': ['{"a":1,"a":2}', 'keeps the last of repeated members'],
  escapes: ['"\\u0041\\/"', 'changes the escapes'],
};

/** M2 and M3: payloads and JSON members. */
export const PAYLOAD_CASES = cases([
  ...Object.entries(SAME_VALUE).map(([name, payload]): CaseDraft => ({
    id: `M2.${name}`,
    title: `Ann sends Bob the payload ${formatValue(payload)}`,
    severity: 'required',
    expected: 'Bob receives the same value',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'OFFER', dst: bob.id, payload });
      assertEqual('frame received by Bob', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id, payload });
    },
  })),
  {
    id: 'M2.nested-proto',
    title: 'Ann sends Bob a payload with members named __proto__ and constructor',
    severity: 'hardening',
    expected: 'Bob receives both members unchanged',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = '{"__proto__":{"a":1},"constructor":{"prototype":2}}';
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      // Compared as text, because a JSON parser may drop members.
      assertEqual('the payload', JSON.stringify((await bob.receive())['payload']), payload);
    },
  },
  {
    id: 'M2.half-surrogate',
    title: 'Ann sends Bob an escaped lone surrogate',
    severity: 'recommended',
    expected: 'Bob receives the same escape',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":"\\ud83e!"}`);
      assertEqual('the payload', (await bob.receive())['payload'], '\ud83e!');
    },
  },
  {
    id: 'M2.large',
    title: 'Ann sends Bob a payload of about 500 KB',
    severity: 'recommended',
    expected: 'Bob receives the complete payload',
    async run(fixture) {
      fixture.requireMessageSize(600_000);
      const [ann, bob] = await fixture.connectPair();
      const payload = 'ab🦊☃'.repeat(50_000);
      ann.send({ type: 'OFFER', dst: bob.id, payload });
      assertThat((await bob.receive())['payload'] === payload, 'Bob received a different payload');
    },
  },
  {
    id: 'M2.nested',
    title: 'Ann sends Bob a payload of 500 nested arrays',
    severity: 'required',
    expected: 'Bob receives the complete payload, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = `${'['.repeat(500)}7${']'.repeat(500)}`;
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      assertThat((await bob.receiveText()).includes(payload), 'Bob received a different payload');
    },
  },
  ...Object.entries(SAME_BYTES).map(([name, [payload, behaviour]]): CaseDraft => ({
    id: `M2.same-bytes-${name}`,
    title: `Ann sends Bob the payload ${payload}`,
    severity: 'hardening',
    expected: 'Bob receives the payload byte for byte, because it belongs to the peers; never a frame that he cannot parse',
    ...(behaviour === '' ? {} : { reference: { behaviour, evidence: /Bob received \{/ } }),
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      const received = await bob.receiveText();
      if (received.includes(`"payload":${payload}`)) return;
      assertThat(parseFrame(received) !== undefined, `Bob received a frame that is not JSON: ${received}`);
      return loose(`Bob received ${received}`);
    },
  })),
  {
    id: 'M3.last-wins',
    title: 'Ann sends a frame with two types, two dst and two payloads',
    severity: 'hardening',
    expected: 'the last value of each is used, and the relayed frame has each member once',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const [first, last] = [clientPayload('OFFER', 1), clientPayload('OFFER', 2)];
      const before = `"type":"LEAVE","dst":"nobody","payload":${JSON.stringify(first)}`;
      ann.sendText(`{${before},"type":"OFFER","dst":"${bob.id}","payload":${JSON.stringify(last)}}`);
      const received = await bob.receiveText();
      assertEqual('frame received by Bob', JSON.parse(received), { type: 'OFFER', src: ann.id, dst: bob.id, payload: last });
      assertEqual('the number of members', received.match(/"(src|dst|payload)":/g)?.length, 3);
    },
  },
  {
    id: 'M3.other-case',
    title: 'Ann sends Bob a message with the further members DST and Dst, which name a third peer',
    severity: 'required',
    expected: 'Bob receives the message, and the third peer receives nothing: DST and Dst are not dst',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const carol = await fixture.connect('carol');
      const payload = JSON.stringify(clientPayload('OFFER', 'for bob'));
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload},"DST":"${carol.id}","Dst":"${carol.id}"}`);
      assertMembers('frame received by Bob', await bob.receive(), { type: 'OFFER', src: ann.id, payload: 'for bob' });
      await fixture.expectNothing(carol);
    },
  },
  {
    id: 'M3.escaped-names',
    title: 'Ann sends a frame with each member twice, the second time with an escape in the member name',
    severity: 'hardening',
    expected: 'the last value of each is used: an escaped name is the same name',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const [first, last] = [clientPayload('OFFER', 1), clientPayload('OFFER', 2)].map((payload) => JSON.stringify(payload));
      ann.sendText(`{"type":"LEAVE","\\u0074ype":"OFFER","ds\\u0074":"${bob.id}","payload":${first},"p\\u0061yload":${last}}`);
      assertEqual('frame received by Bob', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id, payload: 2 });
    },
  },
  {
    id: 'M3.escaped-values',
    title: 'Ann sends a frame with escapes in type and dst',
    severity: 'required',
    expected: 'Bob receives the message: escapes are decoded',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = JSON.stringify(clientPayload('OFFER', 'escaped'));
      ann.sendText(`{"type":"\\u004fFFER","dst":"\\u0062${bob.id.slice(1)}","payload":${payload}}`);
      assertMembers('frame received by Bob', await bob.receive(), { type: 'OFFER', src: ann.id, payload: 'escaped' });
    },
  },
]);
