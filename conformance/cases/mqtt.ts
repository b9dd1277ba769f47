import { assertEqual, assertThat } from '../assertions.ts';
import { cases, type CaseDraft } from '../case.ts';
import { uniqueName } from '../fixture.ts';
import { connectPacket, HEADERS, MqttClient, mqttPacket, uint16 } from '../mqtt-client.ts';

const MANY = 100;
const LARGE = 60_000;
const PROPERTIES = Buffer.from([0x03, 0, 1, 0x74, 0x26, 0, 1, 0x61, 0, 1, 0x62]);
const SETUP = { setup: 'mqtt' } as const;

/** Filters that match a topic of two levels, and topics that they do not match. */
const FILTERS = {
  plus: { filter: (root: string) => `${root}/+`, other: (root: string) => `${root}/a/b` },
  'plus-first': { filter: (root: string) => `+/${root}`, other: (root: string) => `a/b/${root}` },
  hash: { filter: (root: string) => `${root}/#`, other: (root: string) => `${root}s/a` },
} as const;

/** MQ1 to MQ3, MQ5, MQ10, MQ13 to MQ16, MQ18 to MQ20, MQ22: packets and publications. */
export const MQTT_CASES = cases([
  {
    ...{ id: 'MQ1.subprotocol', severity: 'required', ...SETUP },
    title: 'Ann offers the subprotocol mqtt',
    expected: 'the handshake grants it, because clients need it',
    async run(scene) {
      await MqttClient.connect(scene, 'ann');
    },
  },
  {
    ...{ id: 'MQ2.binary-frames', severity: 'required', ...SETUP },
    title: 'Ann connects; the type of the frame with CONNACK',
    expected: 'a binary frame',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      ann.send(connectPacket());
      assertEqual('whether it is binary', (await ann.socket.receiveRaw()).isBinary, true);
    },
  },
  {
    ...{ id: 'MQ3.cut', severity: 'required', ...SETUP },
    title: 'Ann sends each byte of CONNECT and PINGREQ in a frame of its own',
    expected: 'CONNACK and PINGRESP',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      for (const byte of Buffer.concat([connectPacket(), mqttPacket(HEADERS.pingreq)])) ann.send(Uint8Array.of(byte));
      const headers = [(await ann.receive()).header, (await ann.receive()).header];
      assertEqual('the types of the packets', headers, [HEADERS.connack, HEADERS.pingresp]);
    },
  },
  {
    ...{ id: 'MQ3.joined', severity: 'required', ...SETUP },
    title: 'Ann sends CONNECT, SUBSCRIBE and PINGREQ in one frame',
    expected: 'three packets, in this order',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      const subscribe = mqttPacket(HEADERS.subscribe, uint16(1), uniqueName('topic'), 0);
      ann.send(Buffer.concat([connectPacket(), subscribe, mqttPacket(HEADERS.pingreq)]));
      const headers = [(await ann.receive()).header, (await ann.receive()).header, (await ann.receive()).header];
      assertEqual('the types of the packets', headers, [HEADERS.connack, HEADERS.suback, HEADERS.pingresp]);
    },
  },
  {
    ...{ id: 'MQ5.connack', severity: 'required', ...SETUP },
    title: 'Ann connects with a new client id, and asks to keep her session',
    expected: 'CONNACK with session present 0 and code 0',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      const { header, body } = await ann.send(connectPacket({ isClean: false })).receive();
      assertEqual('the packet', [header, ...body], [HEADERS.connack, 0, 0]);
    },
  },
  {
    ...{ id: 'MQ5.version-5', severity: 'recommended', ...SETUP },
    title: 'Ann connects with version 5.0',
    expected: 'CONNACK with session present 0, reason 0 and properties',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann', 5);
      const { header, body } = await ann.send(connectPacket({ version: 5 })).receive();
      assertEqual('type, flags and reason', [header, body[0], body[1]], [HEADERS.connack, 0, 0]);
      assertEqual('the length of the properties', body[2], body.length - 3);
    },
  },
  {
    ...{ id: 'MQ10.ping', severity: 'required', ...SETUP },
    title: 'Ann sends PINGREQ',
    expected: 'PINGRESP',
    async run(scene) {
      const ann = await MqttClient.connect(scene, 'ann');
      const { header, body } = await ann.send(mqttPacket(HEADERS.pingreq)).receive();
      assertEqual('the packet', [header, body.length], [HEADERS.pingresp, 0]);
    },
  },
  {
    ...{ id: 'MQ13.topic', severity: 'required', ...SETUP },
    title: 'Ann subscribes to a topic; Bob publishes to it and to similar ones',
    expected: 'Ann receives the publication of her topic only',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      for (const other of [`${topic}/`, `/${topic}`, topic.toUpperCase(), `${topic} `]) bob.publish(other, 'other');
      bob.publish(topic, 'mine');
      const payloads = (await ann.deliveriesBeforeMarker(bob, topic)).map(({ payload }) => payload);
      assertEqual('publications to Ann', payloads, ['mine']);
    },
  },
  ...Object.entries(FILTERS).map(([name, { filter, other }]): CaseDraft => ({
    ...{ id: `MQ13.${name}`, severity: 'required', ...SETUP },
    title: `Ann subscribes to ${filter('topic')}; Bob publishes to matching topics and to ${other('topic')}`,
    expected: 'Ann receives the publications of the matching topics only',
    async run(scene) {
      const root = uniqueName('root');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [filter(root)]), await MqttClient.connect(scene, 'bob')];
      const matching = filter(root).replace(/[+#]/, 'leaf');
      bob.publish(other(root), 'other').publish(matching, 'mine');
      const payloads = (await ann.deliveriesBeforeMarker(bob, matching)).map(({ payload }) => payload);
      assertEqual('publications to Ann', payloads, ['mine']);
    },
  })),
  {
    ...{ id: 'MQ13.parent', severity: 'required', ...SETUP },
    title: 'Ann subscribes to a/#; Bob publishes to a',
    expected: 'Ann receives it',
    async run(scene) {
      const root = uniqueName('root');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [`${root}/#`]), await MqttClient.connect(scene, 'bob')];
      assertEqual('publications to Ann before the marker', await ann.deliveriesBeforeMarker(bob, root), []);
    },
  },
  {
    ...{ id: 'MQ14.suback', severity: 'required', ...SETUP },
    title: 'Ann subscribes to three filters in one packet',
    expected: 'SUBACK with three codes below 0x80',
    async run(scene) {
      const ann = await MqttClient.connect(scene, 'ann');
      const codes = await ann.subscribe([1, 2, 3].map(() => uniqueName('topic')));
      assertEqual('number of codes', codes.length, 3);
      assertThat(
        codes.every((code) => code < 0x80),
        `codes below 0x80 were expected, got ${codes.join()}`,
      );
    },
  },
  {
    ...{ id: 'MQ15.unsubscribe', severity: 'required', ...SETUP },
    title: 'Ann subscribes to two topics and unsubscribes from one; Bob publishes to both',
    expected: 'Ann receives the publication of the remaining topic only',
    async run(scene) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [garden, house]), await MqttClient.connect(scene, 'bob')];
      await ann.unsubscribe(garden);
      bob.publish(garden, 'x');
      assertEqual('publications to Ann', await ann.deliveriesBeforeMarker(bob, house), []);
    },
  },
  {
    ...{ id: 'MQ15.never-subscribed', severity: 'recommended', ...SETUP },
    title: 'Ann unsubscribes from a topic without a subscription',
    expected: 'UNSUBACK',
    async run(scene) {
      await (await MqttClient.connect(scene, 'ann')).unsubscribe(uniqueName('topic'));
    },
  },
  {
    ...{ id: 'MQ16.qos-1', severity: 'required', ...SETUP },
    title: 'Bob publishes to the topic of Ann with QoS 1',
    expected: 'Bob receives PUBACK with the packet id, and Ann receives the publication',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      const { header, body } = await bob.publishWithId(topic, 'one', 1, 777).receive();
      assertEqual('the acknowledgement', [header, ...body], [HEADERS.puback, 3, 9]);
      const payloads = (await ann.deliveriesBeforeMarker(bob, topic)).map(({ payload }) => payload);
      assertEqual('publications to Ann', payloads, ['one']);
    },
  },
  {
    ...{ id: 'MQ16.qos-2', severity: 'recommended', ...SETUP },
    title: 'Bob publishes with QoS 2, sends it again with the same packet id, and then PUBREL',
    expected: 'PUBREC twice, then PUBCOMP; Ann receives the publication once',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      bob
        .publishWithId(topic, 'two', 2, 5)
        .publishWithId(topic, 'two', 2, 5)
        .send(mqttPacket(HEADERS.pubrel, uint16(5)));
      const headers = [(await bob.receive()).header, (await bob.receive()).header, (await bob.receive()).header];
      assertEqual('the acknowledgements', headers, [HEADERS.pubrec, HEADERS.pubrec, HEADERS.pubcomp]);
      const payloads = (await ann.deliveriesBeforeMarker(bob, topic)).map(({ payload }) => payload);
      assertEqual('publications to Ann', payloads, ['two']);
    },
  },
  {
    ...{ id: 'MQ18.bytes', severity: 'required', ...SETUP },
    title: `Bob publishes ${LARGE} bytes of any value`,
    expected: 'Ann receives the same bytes',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      const bytes = Buffer.from(Array.from({ length: LARGE }, (_, n) => n % 256));
      bob.publish(topic, bytes);
      const { payload } = ann.delivery(await ann.receive());
      assertThat(payload === bytes.toString('latin1'), `the same bytes were expected, got ${payload.length} others`);
    },
  },
  {
    ...{ id: 'MQ18.order', severity: 'required', ...SETUP },
    title: `Bob publishes ${MANY} numbers to the topic of Ann`,
    expected: 'Ann receives all of them, each once and in order',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      for (let number = 0; number < MANY; number++) bob.publish(topic, `${number}`);
      const numbers = (await ann.deliveriesBeforeMarker(bob, topic)).map(({ payload }) => Number(payload));
      assertEqual('the numbers', numbers, [...Array(MANY).keys()]);
    },
  },
  {
    ...{ id: 'MQ18.not-retained', severity: 'required', ...SETUP },
    title: 'Bob publishes with retain to a topic to which Ann is subscribed',
    expected: 'Ann receives it without retain, because it is live',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [topic]), await MqttClient.connect(scene, 'bob')];
      bob.publish(topic, 'live', true);
      assertEqual('the publication', ann.delivery(await ann.receive()), { topic, payload: 'live', isRetained: false });
    },
  },
  {
    ...{ id: 'MQ19.own', severity: 'required', ...SETUP },
    title: 'Ann publishes to a topic to which she is subscribed',
    expected: 'she receives it',
    async run(scene) {
      const topic = uniqueName('topic');
      const ann = await MqttClient.connect(scene, 'ann', [topic]);
      ann.publish(topic, 'mine');
      assertEqual('the publication', ann.delivery(await ann.receive()), { topic, payload: 'mine', isRetained: false });
    },
  },
  {
    ...{ id: 'MQ19.no-local', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes with no-local in version 5.0, and publishes; then Bob does',
    expected: 'Ann receives only the publication of Bob',
    async run(scene) {
      const topic = uniqueName('topic');
      const [ann, bob] = [await MqttClient.connect(scene, 'ann', [], { version: 5 }), await MqttClient.connect(scene, 'bob')];
      await ann.subscribe([topic], 4);
      ann.publish(topic, 'mine').send(mqttPacket(HEADERS.pingreq));
      await ann.receiveAnswer(HEADERS.pingresp);
      assertEqual('publications to Ann before the marker', await ann.deliveriesBeforeMarker(bob, topic), []);
    },
  },
  {
    ...{ id: 'MQ20.retained', severity: 'recommended', ...SETUP },
    title: 'Bob publishes twice with retain; then Ann subscribes',
    expected: 'Ann receives the second publication, with retain',
    async run(scene) {
      const topic = uniqueName('topic');
      const bob = await MqttClient.connect(scene, 'bob');
      bob.publish(topic, 'one', true).publish(topic, 'two', true).send(mqttPacket(HEADERS.pingreq));
      await bob.receiveAnswer(HEADERS.pingresp);
      const ann = await MqttClient.connect(scene, 'ann', [topic]);
      assertEqual('the publication', ann.delivery(await ann.receive()), { topic, payload: 'two', isRetained: true });
    },
  },
  {
    ...{ id: 'MQ20.deleted', severity: 'recommended', ...SETUP },
    title: 'Bob publishes with retain, then an empty payload with retain; then Ann subscribes',
    expected: 'Ann receives nothing',
    async run(scene) {
      const topic = uniqueName('topic');
      const bob = await MqttClient.connect(scene, 'bob');
      bob.publish(topic, 'one', true).publish(topic, '', true).send(mqttPacket(HEADERS.pingreq));
      await bob.receiveAnswer(HEADERS.pingresp);
      const ann = await MqttClient.connect(scene, 'ann', [topic]);
      assertEqual('publications to Ann', await ann.deliveriesBeforeMarker(bob, topic), []);
    },
  },
  {
    ...{ id: 'MQ22.properties', severity: 'recommended', ...SETUP },
    title: 'Bob publishes in version 5.0 with a content type and a user property',
    expected: 'Ann, who uses version 5.0, receives them unchanged',
    async run(scene) {
      const topic = uniqueName('topic');
      const five = { version: 5 } as const;
      const [ann, bob] = [
        await MqttClient.connect(scene, 'ann', [topic], five),
        await MqttClient.connect(scene, 'bob', [], five),
      ];
      bob.publish(topic, 'x', false, PROPERTIES);
      const { body } = await ann.receive();
      assertThat(body.includes(PROPERTIES), `the properties were expected, got ${body.toString('hex').slice(0, 100)}`);
    },
  },
]);
