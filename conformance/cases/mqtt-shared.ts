import { assertEqual, assertThat } from '../assertions.ts';
import { cases } from '../case.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { HEADERS, MqttClient, mqttPacket } from '../mqtt-client.ts';

const MANY = 10;
const SETUP = { setup: 'mqtt' } as const;

/** MQ25: shared subscriptions. */
export const MQTT_SHARED_CASES = cases([
  {
    ...{ id: 'MQ25.one-of-share', severity: 'recommended', ...SETUP },
    title: `Ann and Eve subscribe with the same share name; Bob publishes ${MANY} messages`,
    expected: 'each message reaches one of the two, and each of them receives some',
    async run(scene) {
      const { topic, members, bob } = await sharing(scene, ['workers', 'workers']);
      const numbers = publishNumbers(bob, topic);
      const received = await payloadsOf(members, bob);
      assertEqual('messages to both', received.flat().sort(), numbers);
      assertThat(
        received.every(({ length }) => length > 0),
        'each member receives some of them',
      );
    },
  },
  {
    ...{ id: 'MQ25.other-share', severity: 'recommended', ...SETUP },
    title: `Ann and Eve subscribe with different share names, and Ann also without one; Bob publishes ${MANY} messages`,
    expected: 'Ann receives each message twice, and Eve once',
    async run(scene) {
      const { topic, members, bob } = await sharing(scene, ['workers', 'others']);
      await members[0]?.subscribe([topic]);
      const numbers = publishNumbers(bob, topic);
      const [ann = [], eve = []] = await payloadsOf(members, bob);
      assertEqual('messages to Eve', eve.sort(), numbers);
      assertEqual('messages to Ann', ann.sort(), [...numbers, ...numbers].sort());
    },
  },
  {
    ...{ id: 'MQ25.unsubscribe', severity: 'recommended', ...SETUP },
    title: `Ann and Eve subscribe with the same share name, and Eve unsubscribes; Bob publishes ${MANY} messages`,
    expected: 'all messages reach Ann',
    async run(scene) {
      const { topic, members, bob } = await sharing(scene, ['workers', 'workers']);
      await members[1]?.unsubscribe(`$share/workers/${topic}`);
      const numbers = publishNumbers(bob, topic);
      assertEqual('messages to each', await payloadsOf(members, bob), [numbers, []]);
    },
  },
  {
    ...{ id: 'MQ25.not-retained', severity: 'recommended', ...SETUP },
    title: 'Bob publishes with retain; then Ann subscribes with a share name',
    expected: 'Ann receives nothing',
    async run(scene) {
      const topic = uniqueName('topic');
      const bob = await MqttClient.connect(scene, 'bob');
      bob.publish(topic, 'kept', true).send(mqttPacket(HEADERS.pingreq));
      await bob.receiveAnswer(HEADERS.pingresp);
      const ann = await MqttClient.connect(scene, 'ann', [`$share/workers/${topic}`]);
      assertEqual('publications to Ann', await payloadsOf([ann], bob), [[]]);
    },
  },
  {
    ...{ id: 'MQ25.no-local', severity: 'hardening', pace: 'alone', ...SETUP },
    title: 'Ann subscribes with a share name and no-local in version 5.0',
    expected: 'she is closed, because it is a protocol error',
    async run(scene) {
      const ann = await MqttClient.connect(scene, 'ann', [], { version: 5 });
      const filter = `$share/workers/${uniqueName('topic')}`;
      await ann.send(mqttPacket(HEADERS.subscribe, 0, 1, 0, filter, 4)).socket.waitForClose();
    },
  },
]);

/** Two clients that share a topic, each with its share name, and a publisher. */
async function sharing(
  scene: Fixture,
  shares: readonly [string, string],
): Promise<{ readonly topic: string; readonly members: readonly MqttClient[]; readonly bob: MqttClient }> {
  const topic = uniqueName('topic');
  const ann = await MqttClient.connect(scene, 'ann', [`$share/${shares[0]}/${topic}`]);
  const eve = await MqttClient.connect(scene, 'eve', [`$share/${shares[1]}/${topic}`]);
  return { topic, members: [ann, eve], bob: await MqttClient.connect(scene, 'bob') };
}

function publishNumbers(publisher: MqttClient, topic: string): string[] {
  const numbers = Array.from({ length: MANY }, (_, n) => String(n));
  for (const text of numbers) publisher.publish(topic, text);
  return numbers;
}

/** The payloads that each client receives before a marker on a topic of its own. */
async function payloadsOf(clients: readonly MqttClient[], publisher: MqttClient): Promise<string[][]> {
  const received: string[][] = [];
  for (const client of clients) {
    const own = uniqueName('own');
    await client.subscribe([own]);
    received.push((await client.deliveriesBeforeMarker(publisher, own)).map(({ payload }) => payload));
  }
  return received;
}
