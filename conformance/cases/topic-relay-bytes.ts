import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { parseFrame } from '../client/parse-frame.ts';
import { uniqueName } from '../fixture.ts';
import { loose, type Loose } from '../outcomes.ts';
import { connectToRelay, receiveUntilMarker, waitForPong } from '../topic-relay-client.ts';

const LARGE_CHARACTERS = 20_000;

/** Values of `data` that every relay must deliver unchanged. */
const VALUES = {
  nested: { clients: 5, list: [{ topic: 'a', clients: 6 }, []], text: '},"clients":7' },
  'json-in-a-string': '{"type":"publish","topic":"a","clients":1}',
  unicode: 'ü€\u{1f600} \u2028 \ufeff',
  null: null,
  false: false,
  zero: 0,
  'empty-string': '',
  'empty-object': {},
  'empty-list': [],
} as const;

/** Values of `data` whose text a JSON library may change. */
const TEXTS = {
  'large-integer': '12345678901234567890',
  decimals: '1.10',
  exponent: '1E5',
  spaces: '{ "a" : [ 1 , 2 ] }',
  escapes: '"\\u00fc\\/"',
  'numeric-names': '{"b":1,"2":2,"1":3}',
  'repeated-members': '{"a":1,"a":2}',
} as const;

/** Frames that a lenient parser takes for a publication on `{topic}`. */
const ALMOST_JSON = {
  'trailing-comma': '{"type":"publish","topic":"{topic}","data":1,}',
  comment: '{"type":"publish",/* to */"topic":"{topic}","data":1}',
  'quotes-single': "{'type':'publish','topic':'{topic}','data':1}",
  nan: '{"type":"publish","topic":"{topic}","data":NaN}',
  'text-behind': '{"type":"publish","topic":"{topic}","data":1} and more',
  'bad-escape': '{"type":"publish","topic":"{topic}","data":"\\x41"}',
} as const;

/** REL1, REL2, REL3, REL4: messages arrive unchanged. */
export const TOPIC_RELAY_BYTE_CASES = cases([
  {
    id: 'REL1.text-frames',
    title: 'Ann sends a ping, and Bob publishes on her topic',
    severity: 'required',
    expected: 'Ann receives text frames: browsers deliver binary frames in another form',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      ann.send({ type: 'ping' });
      assertEqual('whether the pong is binary', (await ann.receiveRaw()).isBinary, false);
      bob.send({ type: 'publish', topic, data: 1 });
      assertEqual('whether the publication is binary', (await ann.receiveRaw()).isBinary, false);
    },
  },
  ...Object.entries(VALUES).map(([name, data]): CaseDraft => ({
    id: `REL2.data-${name}`,
    title: `Bob publishes the data ${JSON.stringify(data)}`,
    severity: 'required',
    expected: 'Ann receives the same value, with the number of subscribers beside it',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.send({ type: 'publish', topic, data });
      assertMembers('frame received by Ann', await ann.receive(), { data, clients: 1 });
    },
  })),
  {
    id: 'REL2.data-large',
    title: `Bob publishes a text of ${LARGE_CHARACTERS} characters, as large as a description with many candidates`,
    severity: 'required',
    expected: 'Ann receives it',
    setup: 'topic relay',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      const data = 'ü'.repeat(LARGE_CHARACTERS);
      bob.send({ type: 'publish', topic, data });
      assertEqual('whether the data is the same', (await ann.receive())['data'] === data, true);
    },
  },
  ...Object.entries(TEXTS).map(([name, text]): CaseDraft => ({
    id: `REL2.same-bytes-${name}`,
    title: `Bob publishes the data ${text}`,
    severity: 'recommended',
    expected: 'Ann receives the same bytes',
    setup: 'topic relay',
    async run(fixture): Promise<Loose | void> {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      bob.sendText(`{"type":"publish","topic":"${topic}","data":${text}}`);
      const received = await ann.receiveText();
      assertThat(parseFrame(received) !== undefined, `Ann received a frame that is not a JSON object: ${received}`);
      return received.includes(`"data":${text}`) ? undefined : loose(`Ann received ${received}`);
    },
  })),
  ...Object.entries(ALMOST_JSON).map(([name, text]): CaseDraft => ({
    id: `REL3.lenient-${name}`,
    title: `Bob sends ${text}, which is not JSON`,
    severity: 'hardening',
    expected: 'Ann receives nothing: clients could not parse it',
    setup: 'topic relay',
    pace: 'alone',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob')];
      const eve = await connectToRelay(fixture, 'eve');
      bob.sendText(text.replace('{topic}', topic));
      await bob.waitUntilReadOrClosed();
      assertEqual('frames received by Ann before the marker', await receiveUntilMarker(ann, eve, topic), []);
    },
  })),
  {
    id: 'REL3.binary-no-text',
    title: 'Ann sends a binary frame that is not UTF-8',
    severity: 'hardening',
    expected: 'other clients are not affected, and Ann receives nothing',
    setup: 'topic relay',
    pace: 'alone',
    async run(fixture) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann', topic), await connectToRelay(fixture, 'bob', topic)];
      ann.sendBytes(Buffer.from([0xff, 0xfe, 0x00, 0x7b]));
      await ann.waitUntilReadOrClosed();
      assertEqual('frames received by Bob before the marker', await receiveUntilMarker(bob, bob, topic), []);
    },
  },
  {
    id: 'REL4.payload-bytes',
    title: 'Ann and Bob subscribe as Trystero does; Ann publishes a payload with large integers, spaces and escapes',
    severity: 'recommended',
    protocol: 'Trystero',
    expected: 'Bob receives the payload byte for byte',
    setup: 'topic relay',
    async run(fixture): Promise<Loose | void> {
      const topic = uniqueName('topic');
      const [ann, bob] = [await connectToRelay(fixture, 'ann'), await connectToRelay(fixture, 'bob')];
      for (const one of [ann, bob]) await waitForPong(one.send({ type: 'subscribe', topic }));
      const payload = '{ "big" : 12345678901234567890, "text" : "\\u00fc" }';
      ann.sendText(`{"type":"publish","topic":"${topic}","payload":${payload}}`);
      const received = await bob.receiveText();
      return received.includes(payload) ? undefined : loose(`Bob received ${received}`);
    },
  },
]);
