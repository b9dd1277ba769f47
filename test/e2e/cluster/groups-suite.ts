import { afterEach, describe, expect, it } from 'vitest';
import { MqttUser } from '../../support/e2e/mqtt-client.ts';
import { NatsUser } from '../../support/e2e/nats-client.ts';
import type { Server } from '../../support/e2e/server.ts';
import { until } from '../../support/e2e/until.ts';
import { clusterOn, PATIENCE_MS, type Engine } from './brokers.ts';

/* Groups of subscribers whose members are connected to several brokers. */

const MANY = 100;
const OPTIONS = { dialects: ['peerjs', 'mercure', 'nats', 'mqtt'], mercure_open: true };
const NUMBERS = Array.from({ length: MANY }, (_, n) => String(n));

/** A member of a group, which is subscribed to the marker `end` too. */
interface Member {
  /** The messages before the marker. */
  readonly numbers: () => Promise<readonly string[]>;
  readonly close: () => unknown;
}

const beforeMarker = (payloads: () => readonly string[]): Promise<readonly string[]> =>
  until(PATIENCE_MS, 'the marker', () => (payloads().at(-1) === 'end' ? payloads().slice(0, -1) : undefined));

async function natsAt(place: Server): Promise<Member> {
  const user = await NatsUser.connect(place);
  await user.subscribe('jobs', { queue: 'workers' });
  await user.subscribe('end');
  return { numbers: () => beforeMarker(() => user.received.map(([, payload]) => payload)), close: () => user.close() };
}

async function mqttAt(place: Server): Promise<Member> {
  const user = await new MqttUser(place).connect();
  for (const filter of ['$share/workers/jobs', 'end']) await user.subscribe(filter);
  const payloads = (): string[] => user.received.map(([, bytes]) => Buffer.from(bytes, 'hex').toString());
  return { numbers: () => beforeMarker(payloads), close: () => user.close() };
}

const WIRES = [
  { wire: 'NATS', memberAt: natsAt },
  { wire: 'MQTT', memberAt: mqttAt },
];

export function describeGroups({ engine: engineName, startEngine }: Engine): void {
  describe(`groups in a cluster on one ${engineName}`, () => {
    const cluster = clusterOn(startEngine);
    const all: Member[] = [];
    afterEach(async () => {
      await Promise.all(all.splice(0).map((one) => one.close()));
    });

    /** The messages of a publisher at the first broker that each member receives. @param at the brokers of the members. */
    async function received(
      memberAt: (place: Server) => Promise<Member>,
      places: readonly Server[],
      at: readonly number[],
    ): Promise<readonly (readonly string[])[]> {
      const members = await Promise.all(at.map((index) => memberAt(places[index] as Server)));
      all.push(...members);
      const publisher = await NatsUser.connect(places[0] as Server);
      for (const number of NUMBERS) publisher.connection.publish('jobs', number);
      publisher.connection.publish('end', 'end');
      const lists = await Promise.all(members.map((one) => one.numbers()));
      await publisher.close();
      return lists;
    }

    const counts = (lists: readonly (readonly string[])[]): number[] => lists.map(({ length }) => length);

    it.each(WIRES)('T15, NA14, MQ25: $wire: a member at the broker of the publisher is the only one', async ({ memberAt }) => {
      const lists = await received(memberAt, await cluster.brokers.pair(OPTIONS), [0, 0, 1]);
      expect(counts(lists)).toEqual([MANY / 2, MANY / 2, 0]);
      expect(lists.flat().sort()).toEqual(NUMBERS.toSorted());
    });

    it.each(WIRES)('T15, NA14, MQ25: $wire: a group at one other broker receives each message once', async ({ memberAt }) => {
      const lists = await received(memberAt, await cluster.brokers.pair(OPTIONS), [1, 1]);
      expect(counts(lists)).toEqual([MANY / 2, MANY / 2]);
      expect(lists.flat().sort()).toEqual(NUMBERS.toSorted());
    });

    it.each(WIRES)('T15, NA14, MQ25: $wire: without a member there, one at each other broker does', async ({ memberAt }) => {
      const places = [...(await cluster.brokers.pair(OPTIONS)), await cluster.brokers.start(OPTIONS)];
      expect(counts(await received(memberAt, places, [1, 2, 2]))).toEqual([MANY, MANY / 2, MANY / 2]);
    });
  });
}
