import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { BusListener } from '../../../src/application/ports/node-bus.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';
import { SupabaseBroker, type SupabaseClient } from '../../support/supabase-broker.ts';

const NAMES = ['here', 'there', 'third'].map(nodeId);

interface Nodes {
  readonly brokers: readonly [SupabaseBroker, SupabaseBroker, SupabaseBroker];
  /** Delivers the messages between the nodes. */
  readonly settle: () => Promise<void>;
  readonly clock: ManualClock;
  /** The nodes that are alive, as far as the engine knows. */
  readonly alive: NodeId[];
  /** The bus of the first node drops what arrives and what it sends. */
  readonly link: { isCut: boolean };
  /** The spaces of the messages that the second node has sent. */
  readonly sent: string[];
  /** Notifies the first node that messages were lost. */
  readonly lost: () => void;
}

/** Three brokers of one cluster. */
function startNodes(): Nodes {
  const clock = new ManualClock();
  const network = new MemoryBusNetwork();
  const notify = network.send.bind(network);
  const directory = new MemoryPeerDirectory(clock, 3_000, notify);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify });
  const alive = [...NAMES];
  const link = { isCut: false };
  const sent: string[] = [];
  let listener: BusListener | undefined;
  const start = (node: NodeId): SupabaseBroker => {
    const bus = network.busOf(node);
    const records = new MemoryClusterRecords(clock, () => alive);
    if (node === NAMES[0]) {
      const [listen, broadcast] = [bus.listen.bind(bus), bus.broadcast.bind(bus)];
      bus.listen = (given) => {
        listener = given;
        listen({ ...given, onMessage: (message) => void (link.isCut || given.onMessage(message)) });
      };
      bus.broadcast = (message) => void (link.isCut || broadcast(message));
    }
    if (node === NAMES[1]) {
      const broadcast = bus.broadcast.bind(bus);
      bus.broadcast = (message) => {
        sent.push(message.space);
        broadcast(message);
      };
    }
    let count = 0;
    const peerIds = { generate: () => `${node}${++count}` };
    return new SupabaseBroker(
      { mercureOpen: true, keys: ['first', 'team-*'] },
      { clock, peerIds, engine: { node, directory, mailboxes, bus, records } },
    );
  };
  const brokers = NAMES.map(start) as [SupabaseBroker, SupabaseBroker, SupabaseBroker];
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) {
      await Promise.resolve();
      for (const { transport } of brokers) transport.settle();
    }
  };
  return { brokers, clock, settle, alive, link, sent, lost: () => listener?.onMessagesLost() };
}

function member(broker: SupabaseBroker, key: string, realm = 'first'): SupabaseClient {
  const client = broker.open(`key=${realm}`).join('garden', { presence: { key } });
  return client.send('garden', 'presence', { type: 'presence', event: 'track', payload: { key } });
}

function watcher(broker: SupabaseBroker, realm = 'first'): SupabaseClient {
  return broker.open(`key=${realm}`).join('garden', { presence: { enabled: true } });
}

/** The events about members: keys of a state, or of joins and leaves. */
function events(client: SupabaseClient): unknown[] {
  return client.received.flatMap(([, , , event, payload]) => {
    if (event === 'presence_state') return [['state', ...Object.keys(payload).sort()]];
    if (event !== 'presence_diff') return [];
    return [Object.entries(payload).map(([name, metas]) => `${name} ${Object.keys(metas as object).join()}`)];
  });
}

const joins = (key: string): unknown => [`joins ${key}`, 'leaves '];
const leaves = (key: string): unknown => ['joins ', `leaves ${key}`];

describe('T20: the members of several nodes', () => {
  it('are in the first list of a client, and each change follows', async () => {
    const { brokers, settle } = startNodes();
    const [here, there, third] = brokers;
    const [bob] = [member(there, 'bob'), member(third, 'eve')];
    const ann = watcher(here);
    await settle();
    member(third, 'joe');
    bob.client.cut();
    await settle();
    expect(events(ann)).toEqual([['state', 'bob', 'eve'], joins('joe'), leaves('bob')]);
    const late = watcher(here);
    expect(events(late)).toEqual([['state', 'eve', 'joe']]);
  });

  it('are listed without a node that does not answer in time, and joined by its members later', async () => {
    const { brokers, clock, settle, link } = startNodes();
    const [here, there] = brokers;
    member(there, 'bob');
    link.isCut = true;
    const ann = watcher(here);
    await settle();
    expect(events(ann)).toEqual([]);
    clock.advance(500);
    expect(events(ann)).toEqual([['state']]);
    link.isCut = false;
    clock.advance(30_000);
    await settle();
    expect(events(ann)).toEqual([['state'], joins('bob')]);
  });

  it('are not reported while no client of another node watches them', async () => {
    const { brokers, settle, sent } = startNodes();
    const [here, there] = brokers;
    here.join('garden');
    member(there, 'bob');
    await settle();
    expect(sent).toEqual([]);
  });

  it('leave when their node is gone', async () => {
    const { brokers, clock, settle, alive } = startNodes();
    const [here, there] = brokers;
    member(there, 'bob');
    const ann = watcher(here);
    await settle();
    alive.splice(1, 1);
    clock.advance(30_000);
    await settle();
    expect(events(ann)).toEqual([['state', 'bob'], leaves('bob')]);
  });

  it('are complete again after messages were lost', async () => {
    const { brokers, clock, settle, link, lost } = startNodes();
    const [here, there] = brokers;
    const bob = member(there, 'bob');
    const [ann, joe] = [watcher(here), watcher(there)];
    await settle();
    link.isCut = true;
    bob.client.cut();
    member(there, 'eve');
    member(here, 'own');
    await settle();
    link.isCut = false;
    lost();
    await settle();
    clock.advance(30_000);
    await settle();
    expect(events(ann)).toEqual([['state', 'bob'], joins('own'), ['joins eve', 'leaves bob']]);
    expect(events(joe)).toEqual([['state', 'bob'], leaves('bob'), joins('eve'), joins('own')]);
  });

  it('are followed for some time after the last watcher has left', async () => {
    const { brokers, clock, settle, sent } = startNodes();
    const [here, there] = brokers;
    watcher(here).client.cut();
    await settle();
    member(there, 'bob');
    expect(sent).toEqual(['members:updates', 'members:updates']);
    for (let renewal = 0; renewal < 8; renewal++) {
      clock.advance(30_000);
      await settle();
    }
    const before = sent.length;
    member(there, 'eve');
    expect(sent.length).toBe(before);
  });

  it('R2: of a realm by pattern are listed at once, also while other nodes do not use the realm', async () => {
    const { brokers, settle } = startNodes();
    const [here, there] = brokers;
    const ann = watcher(here, 'team-1');
    await settle();
    member(there, 'bob', 'team-1');
    member(there, 'eve', 'team-2');
    await settle();
    expect(events(ann)).toEqual([['state'], joins('bob')]);
  });

  it('R2: of a realm by pattern are listed again after its last client at a node has left', async () => {
    const { brokers, clock, settle } = startNodes();
    const [here, there] = brokers;
    const bob = member(there, 'bob', 'team-1');
    watcher(here, 'team-1').client.cut();
    await settle();
    const ann = watcher(here, 'team-1');
    await settle();
    for (let renewal = 0; renewal < 4; renewal++) {
      clock.advance(30_000);
      await settle();
    }
    bob.client.cut();
    await settle();
    expect(events(ann)).toEqual([['state', 'bob'], leaves('bob')]);
  });
});
