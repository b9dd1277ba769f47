import { assertEqual, assertThat } from '../assertions.ts';
import { cases, type CaseDraft } from '../case.ts';
import { uniqueName } from '../fixture.ts';
import { connectPacket, HEADERS, MqttClient, mqttPacket, uint16 } from '../mqtt-client.ts';
import { sleep } from '../waiting.ts';

/** One and a half of a keep alive of 1 s. */
const LONGEST_SILENCE_MS = 1_500;
const ROUNDING_MS = 5;
const SETUP = { setup: 'mqtt' } as const;

/** Packets behind which a server can't know what the client wants. */
const MALFORMED: Readonly<Record<string, Uint8Array>> = {
  'bad-filter': mqttPacket(HEADERS.subscribe, uint16(1), 'a/#/b', 0),
  'no-filter': mqttPacket(HEADERS.subscribe, uint16(1)),
  'packet-id-0': mqttPacket(HEADERS.subscribe, uint16(0), 'a', 0),
  'wrong-flags': mqttPacket(HEADERS.subscribe - 2, uint16(1), 'a', 0),
  'qos-3': mqttPacket(HEADERS.publish + 6, 'a', uint16(1), Buffer.from('x')),
  'topic-with-wildcard': mqttPacket(HEADERS.publish, 'a/#', Buffer.from('x')),
  'not-utf-8': mqttPacket(HEADERS.publish, uint16(1), 0xff, Buffer.from('x')),
  'type-0': Buffer.from([0, 0]),
  'endless-length': Buffer.from([HEADERS.publish, 0xff, 0xff, 0xff, 0xff, 1]),
};

/** First packets that are no CONNECT. */
const NOT_CONNECT: Readonly<Record<string, Uint8Array>> = {
  'not-connected': mqttPacket(HEADERS.pingreq),
  'other-name': mqttPacket(HEADERS.connect, 'MQTX', 4, 2, uint16(60), 'a'),
  'reserved-flag': mqttPacket(HEADERS.connect, 'MQTT', 4, 3, uint16(60), 'a'),
};

/** MQ7, MQ8, MQ10 to MQ12, MQ21: the ends of connections. */
export const MQTT_BOUND_CASES = cases([
  ...Object.entries(NOT_CONNECT).map(([name, bytes]): CaseDraft => ({
    ...{ id: `MQ7.${name}`, severity: 'required', pace: 'alone', ...SETUP },
    title: `the first packet of Ann is ${Buffer.from(bytes).toString('hex')}`,
    expected: 'she is closed without a packet',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      ann.send(bytes);
      await ann.socket.waitForClose();
      assertEqual('packets to Ann', ann.socket.unread.length, 0);
    },
  })),
  {
    ...{ id: 'MQ7.version', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects with the protocol level 6',
    expected: 'CONNACK with code 1, and the close of her connection',
    async run(scene) {
      const ann = await MqttClient.open(scene, 'ann');
      const { header, body } = await ann.send(mqttPacket(HEADERS.connect, 'MQTT', 6, 2, uint16(60), 'a')).receive();
      assertEqual('the packet', [header, ...body], [HEADERS.connack, 0, 1]);
      await ann.socket.waitForClose();
    },
  },
  {
    ...{ id: 'MQ7.empty-id', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects without a client id, first with a clean session, then without',
    expected: 'CONNACK with code 0, then with code 2 and the close of her connection',
    async run(scene) {
      await MqttClient.connect(scene, 'ann', [], { clientId: '' });
      const ann = await MqttClient.open(scene, 'ann');
      const { body } = await ann.send(connectPacket({ clientId: '', isClean: false })).receive();
      assertEqual('the content of CONNACK', [...body], [0, 2]);
      await ann.socket.waitForClose();
    },
  },
  {
    ...{ id: 'MQ7.connects-twice', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects twice',
    expected: 'she is closed',
    async run(scene) {
      const ann = await MqttClient.connect(scene, 'ann');
      await ann.send(connectPacket()).socket.waitForClose();
    },
  },
  {
    ...{ id: 'MQ8.taken-over', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects twice with the same client id',
    expected: 'her first connection is closed, and the second one works',
    async run(scene) {
      const clientId = uniqueName('client');
      const topic = uniqueName('topic');
      const first = await MqttClient.connect(scene, 'first', [], { clientId });
      const second = await MqttClient.connect(scene, 'second', [topic], { clientId });
      await first.socket.waitForClose();
      assertEqual('publications before the marker', await second.deliveriesBeforeMarker(second, topic), []);
    },
  },
  {
    ...{ id: 'MQ11.disconnect', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann sends DISCONNECT, and PUBLISH behind it',
    expected: 'she is closed, and the publication has no effect',
    async run(scene) {
      const topic = uniqueName('topic');
      const [bob, eve] = [await MqttClient.connect(scene, 'bob', [topic]), await MqttClient.connect(scene, 'eve')];
      const ann = await MqttClient.connect(scene, 'ann');
      ann.send(Buffer.concat([mqttPacket(HEADERS.disconnect), mqttPacket(HEADERS.publish, topic, Buffer.from('late'))]));
      await ann.socket.waitForClose();
      assertEqual('publications to Bob', await bob.deliveriesBeforeMarker(eve, topic), []);
    },
  },
  ...Object.entries(MALFORMED).map(([name, bytes]): CaseDraft => ({
    ...{ id: `MQ12.${name}`, severity: 'hardening', pace: 'alone', ...SETUP },
    title: `Ann sends ${Buffer.from(bytes).toString('hex')}`,
    expected: 'she is closed, and other clients are not affected',
    async run(scene) {
      const topic = uniqueName('topic');
      const [bob, eve] = [await MqttClient.connect(scene, 'bob', [topic]), await MqttClient.connect(scene, 'eve')];
      const ann = await MqttClient.connect(scene, 'ann');
      await ann.send(bytes).socket.waitForClose();
      assertEqual('publications to Bob', await bob.deliveriesBeforeMarker(eve, topic), []);
    },
  })),
  ...([4, 5] as const).map((version): CaseDraft => ({
    ...{ id: `MQ10.silent-${version}`, severity: version === 4 ? 'required' : 'recommended', pace: 'later', ...SETUP },
    title: `Ann connects in version ${version === 4 ? '3.1.1' : '5.0'} with a keep alive of 1 s and a will, answers pings, and sends nothing`,
    expected: 'she is closed after one and a half of it, and Bob receives the will',
    async run(scene) {
      const topic = uniqueName('topic');
      const bob = await MqttClient.connect(scene, 'bob', [topic]);
      const from = Date.now();
      const ann = await MqttClient.connect(scene, 'ann', [], { version, keepAlive: 1, will: { topic, payload: 'gone' } });
      await ann.socket.waitForClose();
      const lived = Date.now() - from;
      assertThat(lived >= LONGEST_SILENCE_MS - ROUNDING_MS, `Ann was closed after ${lived} ms`);
      assertEqual('the publication', bob.delivery(await bob.receive()), { topic, payload: 'gone', isRetained: false });
    },
  })),
  {
    ...{ id: 'MQ10.not-silent', severity: 'required', pace: 'later', ...SETUP },
    title: 'Ann connects with a keep alive of 1 s, and sends a packet every 0.5 s for 3 s',
    expected: 'her connection stays open, and the last packet is answered',
    async run(scene) {
      const ann = await MqttClient.connect(scene, 'ann', [], { keepAlive: 1 });
      for (let time = 0; time < 6; time++) {
        await sleep(500);
        ann.publish('t', 'x');
      }
      await ann.send(mqttPacket(HEADERS.pingreq)).receiveAnswer(HEADERS.pingresp);
    },
  },
  {
    ...{ id: 'MQ21.will', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects with a will, and her connection is cut',
    expected: 'Bob receives the will',
    async run(scene) {
      const topic = uniqueName('topic');
      const bob = await MqttClient.connect(scene, 'bob', [topic]);
      const ann = await MqttClient.connect(scene, 'ann', [], { will: { topic, payload: 'gone' } });
      ann.socket.terminate();
      assertEqual('the publication', bob.delivery(await bob.receive()), { topic, payload: 'gone', isRetained: false });
    },
  },
  {
    ...{ id: 'MQ21.no-will', severity: 'required', pace: 'alone', ...SETUP },
    title: 'Ann connects with a will, and sends DISCONNECT',
    expected: 'Bob does not receive the will',
    async run(scene) {
      const topic = uniqueName('topic');
      const [bob, eve] = [await MqttClient.connect(scene, 'bob', [topic]), await MqttClient.connect(scene, 'eve')];
      const ann = await MqttClient.connect(scene, 'ann', [], { will: { topic, payload: 'gone' } });
      await ann.send(mqttPacket(HEADERS.disconnect)).socket.waitForClose();
      assertEqual('publications to Bob', await bob.deliveriesBeforeMarker(eve, topic), []);
    },
  },
]);
