import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, formatValue } from '../assertions.ts';

const SAME_VALUE = {
  'text-of-all-kinds': 'ünï ☃ 🦊 \u0000 \u001f \u2028 \u2029 \uffff " \\ / </script>',
  null: null,
  false: false,
  'empty-text': '',
  zero: 0,
  'empty-list': [],
  'empty-names': { '': { '': [] } },
  numbers: [0, -1, 1.5, 1e-7, 123456789],
  session: { sdp: { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' }, type: 'data', connectionId: 'dc_1' },
};

const SAME_BYTES: Readonly<Record<string, readonly [payload: string, seen: string]>> = {
  decimals: ['1.10', 'prints numbers again: `1.1`'],
  'large-integer': ['12345678901234567890', 'loses digits of large integers'],
  'large-exponent': ['1e400', 'tells null'],
  spaces: ['{ "a" : [ 1 , 2 ] }', 'drops the spaces'],
  'repeated-members': ['{"a":1,"a":2}', 'keeps the last of members that are repeated'],
  escapes: ['"\\u0041\\/"', 'writes its own escapes'],
};

/** M2 and M3: what becomes of the text between two peers. */
export const PAYLOAD_CASES = cases([
  ...Object.entries(SAME_VALUE).map(([name, payload]): CaseDraft => ({
    id: `M2.${name}`,
    title: `Ann sends Bob the payload ${formatValue(payload)}`,
    severity: 'required',
    expected: 'Bob hears the same value',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, payload);
      assertEqual('what Bob hears', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id, payload });
    },
  })),
  {
    id: 'M2.nested-proto',
    title: 'Ann sends Bob a payload with members named __proto__ and constructor',
    severity: 'hardening',
    expected: 'Bob hears them as they are',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const payload = '{"__proto__":{"a":1},"constructor":{"prototype":2}}';
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      // As text: a parser of our own might hide what is missing.
      assertEqual('the payload', JSON.stringify((await bob.receive())['payload']), payload);
    },
  },
  {
    id: 'M2.half-surrogate',
    title: 'Ann sends Bob half of a surrogate pair, escaped',
    severity: 'recommended',
    expected: 'Bob hears it, escaped',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":"\\ud83e!"}`);
      assertEqual('the payload', (await bob.receive())['payload'], '\ud83e!');
    },
  },
  {
    id: 'M2.large',
    title: 'Ann sends Bob a payload of about 500 KB',
    severity: 'recommended',
    expected: 'Bob hears it whole',
    async run(scene) {
      scene.requireMessageSize(600_000);
      const [ann, bob] = await scene.connectPair();
      const payload = 'ab🦊☃'.repeat(50_000);
      ann.sendOffer(bob.id, payload);
      assertThat((await bob.receive())['payload'] === payload, 'Bob hears another payload');
    },
  },
  {
    id: 'M2.nested',
    title: 'Ann sends Bob a payload of 500 lists in each other',
    severity: 'recommended',
    expected: 'Bob hears it whole, and the server lives',
    pace: 'alone',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const payload = `${'['.repeat(500)}7${']'.repeat(500)}`;
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      assertThat((await bob.receiveText()).includes(payload), 'Bob hears another payload');
    },
  },
  ...Object.entries(SAME_BYTES).map(([name, [payload, behaviour]]): CaseDraft => ({
    id: `M2.same-bytes-${name}`,
    title: `Ann sends Bob the payload ${payload}`,
    severity: 'recommended',
    expected: 'Bob hears it byte for byte',
    reference: { behaviour, evidence: /Bob hears \{/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
      const heard = await bob.receiveText();
      assertThat(heard.includes(`"payload":${payload}`), `Bob hears ${heard}`);
    },
  })),
  {
    id: 'M3.last-wins',
    title: 'Ann sends a frame with two types, two destinations and two payloads',
    severity: 'hardening',
    expected: 'the last of each wins, and one of each leaves',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"LEAVE","dst":"nobody","payload":1,"type":"OFFER","dst":"${bob.id}","payload":2}`);
      const heard = await bob.receiveText();
      assertEqual('what Bob hears', JSON.parse(heard), { type: 'OFFER', src: ann.id, dst: bob.id, payload: 2 });
      assertEqual('the number of members', heard.match(/"(type|src|dst|payload)":/g)?.length, 4);
    },
  },
  {
    id: 'M3.escaped-names',
    title: 'Ann sends a frame with each member twice, the second time with an escape in its name',
    severity: 'hardening',
    expected: 'an escaped name is the same name: the last of each wins',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"LEAVE","\\u0074ype":"OFFER","ds\\u0074":"${bob.id}","payload":1,"p\\u0061yload":2}`);
      assertEqual('what Bob hears', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id, payload: 2 });
    },
  },
  {
    id: 'M3.escaped-values',
    title: 'Ann sends a frame with escapes in its type and destination',
    severity: 'required',
    expected: 'Bob hears it: an escape is the character',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"\\u004fFFER","dst":"\\u0062${bob.id.slice(1)}"}`);
      assertEqual('what Bob hears', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id });
    },
  },
]);
