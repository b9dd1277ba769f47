import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { NatsBroker, type NatsClient } from '../../support/nats-broker.ts';

const MANY = 12;

/** Three brokers of one cluster. */
function startNodes(): [NatsBroker, NatsBroker, NatsBroker] {
  const clock = new ManualClock();
  const network = new MemoryBusNetwork();
  const notify = network.send.bind(network);
  const directory = new MemoryPeerDirectory(clock, 3_000, notify);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify });
  const start = (name: string): NatsBroker => {
    const node = nodeId(name);
    const engine = {
      node,
      directory,
      mailboxes,
      bus: network.busOf(node),
      records: new MemoryClusterRecords(clock, () => [node]),
    };
    return new NatsBroker({ mercureOpen: true }, { clock, engine });
  };
  return [start('here'), start('there'), start('third')];
}

/** The numbers that each member receives after a publisher at `publishesAt` has published MANY of them. */
async function received(
  publishesAt: NatsBroker,
  members: readonly (readonly [NatsBroker, string])[],
  subject = 'jobs.a',
): Promise<readonly number[][]> {
  const clients = members.map(([broker, subscription]) => broker.join(subscription));
  const publisher = publishesAt.join();
  for (let n = 0; n < MANY; n++) publisher.publish(subject, String(n));
  for (const [broker] of members) broker.advance(0);
  await Promise.resolve();
  for (const [broker] of members) broker.transport.settle();
  return clients.map(numbersOf);
}

function numbersOf({ received: text }: NatsClient): number[] {
  return [...text.matchAll(/MSG \S+ s\d+ \d+\r\n(\d+)\r\n/g)].map(([, number]) => Number(number));
}

const ALL = Array.from({ length: MANY }, (_, n) => n);
const sorted = (lists: readonly (readonly number[])[]): number[] => lists.flat().sort((a, b) => a - b);

describe.each(['jobs.a q', 'jobs.* q'])('T15: a group of a cluster with members that subscribe to %s', (subscription) => {
  it('receives each publication once if the broker of the publisher has a member', async () => {
    const [here, there, third] = startNodes();
    const lists = await received(here, [
      [here, subscription],
      [here, subscription],
      [there, subscription],
      [third, subscription],
    ]);
    expect(sorted(lists)).toEqual(ALL);
    expect(lists.map(({ length }) => length)).toEqual([MANY / 2, MANY / 2, 0, 0]);
  });

  it('receives each publication once if all members are at one other broker', async () => {
    const [here, there] = startNodes();
    const lists = await received(here, [
      [there, subscription],
      [there, subscription],
    ]);
    expect(lists.map(({ length }) => length)).toEqual([MANY / 2, MANY / 2]);
    expect(sorted(lists)).toEqual(ALL);
  });

  it('receives each publication once at each other broker if the broker of the publisher has no member', async () => {
    const [here, there, third] = startNodes();
    const lists = await received(here, [
      [there, subscription],
      [third, subscription],
      [third, subscription],
    ]);
    expect(lists.map(({ length }) => length)).toEqual([MANY, MANY / 2, MANY / 2]);
  });

  it('does not withhold a publication from other groups and from subscribers without a group', async () => {
    const [here, there] = startNodes();
    const lists = await received(here, [
      [here, subscription],
      [there, subscription],
      [there, subscription.replace(' q', ' other')],
      [there, subscription.replace(' q', '')],
    ]);
    expect(lists).toEqual([ALL, [], ALL, ALL]);
  });

  it('does not take a publication that its own member does not match', async () => {
    const [here, there] = startNodes();
    const lists = await received(here, [
      [here, 'jobs.*.x q'],
      [there, subscription],
    ]);
    expect(lists).toEqual([[], ALL]);
  });
});
