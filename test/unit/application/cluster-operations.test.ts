import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { Operations, TraceLine } from '../../../src/application/ports/operations.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { BanRequest } from '../../../src/domain/bans.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { TestBroker } from '../../support/test-broker.ts';

const NAMES = ['a', 'b', 'c'];
const ACT = { reason: 'spam', from: '127.0.0.1' };
const LEASE = 10_000;

let clock: ManualClock;
let nodes: NodeId[];
/** Nodes that receive nothing. */
let deaf: Set<NodeId>;
let drained: string[];
let brokers: TestBroker[];
let start: (name: string) => TestBroker;

beforeEach(() => {
  clock = new ManualClock();
  nodes = [];
  deaf = new Set();
  drained = [];
  const network = new MemoryBusNetwork();
  const directory = new MemoryPeerDirectory(clock, LEASE);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify: () => undefined });
  const records = new MemoryClusterRecords(clock, () => nodes);
  start = (name) => {
    const node = nodeId(name);
    nodes.push(node);
    const bus = network.busOf(node);
    const { send } = bus;
    bus.send = (to, message) => {
      if (!deaf.has(to)) send.call(bus, to, message);
    };
    const engine = { node, directory, mailboxes, bus, records };
    return new TestBroker({}, { clock, engine, requestDrain: () => void drained.push(name) });
  };
  brokers = NAMES.map((name) => start(name));
});

const [here, there] = [() => brokers[0] as TestBroker, () => brokers[1] as TestBroker];

/** Calls an operation of the first node, and lets all nodes answer. @param span the time that passes meanwhile. */
async function ask<Answer>(
  run: (operations: Operations, answer: (answer: Answer) => void) => void,
  span = 0,
): Promise<Answer | undefined> {
  let answered: Answer | undefined;
  run(here().broker.operations, (answer) => (answered = answer));
  for (let step = 0; step < 5; step++) await Promise.resolve();
  clock.advance(span);
  for (const { transport } of brokers) transport.settle();
  return answered;
}

function banRequest(value: string, endsAt = NEVER): BanRequest {
  return { what: 'id', value, realm: undefined, endsAt, reason: undefined };
}

describe('the operations of a cluster', () => {
  it('ADM15, ADM7: an overview has all nodes, and names those that do not answer', async () => {
    there().connectPeer('ann');
    const all = await ask((operations, answer) => operations.overview(answer));
    expect(all).toMatchObject({ nodes: [{ node: 'a' }, { node: 'b', peers: 1 }, { node: 'c' }], missing: [] });
    deaf.add(nodeId('b'));
    const some = await ask((operations, answer) => operations.overview(answer), 500);
    expect(some).toMatchObject({ nodes: [{ node: 'a' }, { node: 'c' }], missing: ['b'] });
  });

  it('ADM7: overviews at the same time share their questions', async () => {
    const seen: unknown[] = [];
    await ask((operations, answer) => {
      operations.overview((one) => seen.push(one));
      operations.overview((one) => seen.push(one));
      operations.overview(answer);
    });
    expect([seen.length, seen[0]]).toEqual([2, seen[1]]);
  });

  it('ADM15, ADM2: pages of peers follow each other over all nodes, without a gap or a repetition', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `peer-${n}`);
    for (const [n, id] of ids.entries()) brokers[n % 3]?.connectPeer(id);
    brokers[2]?.connectPeer('other');
    const found: string[] = [];
    let after: string | undefined;
    do {
      const query = { prefix: 'peer-', limit: 3, after };
      const page: Awaited<ReturnType<typeof listed>> = await listed(query);
      found.push(...(page?.peers ?? []).map(({ id }) => id));
      after = page?.next;
    } while (after !== undefined);
    expect([found.length, found.sort()]).toEqual([10, ids]);
  });

  function listed(query: Parameters<Operations['peers']>[0]) {
    return ask<Parameters<Parameters<Operations['peers']>[1]>[0]>((operations, answer) => operations.peers(query, answer));
  }

  it('ADM15, ADM2: a list may be of one node, and its answer names that node if it is silent', async () => {
    here().connectPeer('ann');
    there().connectPeer('bob');
    expect(await listed({ limit: 5, node: nodeId('b') })).toMatchObject({ peers: [{ id: 'bob', node: 'b' }], missing: [] });
    expect(await listed({ limit: 5, node: nodeId('a') })).toMatchObject({ peers: [{ id: 'ann' }], missing: [] });
    const silent = await ask((operations, answer) => operations.peers({ limit: 5, node: nodeId('x') }, answer), 500);
    expect(silent).toEqual({ peers: [], next: undefined, missing: ['x'] });
  });

  it('ADM15, ADM2: the details of a peer come from its node', async () => {
    there().connectPeer('ann');
    const target = { realm: 'peerjs', id: 'ann' };
    const found = await ask((operations, answer) => operations.peer(target, answer));
    expect(found).toMatchObject({ node: 'b', id: 'ann', waiting: { messages: 0, bytes: 0 } });
    expect(await ask((operations, answer) => operations.peer({ ...target, id: 'eve' }, answer))).toBeUndefined();
  });

  it('ADM15, ADM3: a removal closes the peer on its node', async () => {
    const ann = there().connectPeer('ann');
    const target = { realm: 'peerjs', id: 'ann' };
    expect(await ask((operations, answer) => operations.expel(target, ACT, answer))).toEqual({ closed: 1, missing: [] });
    expect(ann.closeCode).toBe(4004);
    expect(here().events.at(-1)).toMatchObject({ event: 'operator-acted', act: 'expel', closed: 1 });
  });

  it('ADM15, ADM5: refusals and closes of all nodes are in one list, the latest first', async () => {
    here().connectPeer('ann').client.cut();
    clock.advance(5);
    there().connectPeer('bob').client.cut();
    clock.advance(5);
    brokers[2]?.transport.request('GET', '/nothing');
    const closes = await ask((operations, answer) => operations.closes(undefined, answer));
    expect(closes).toMatchObject({
      entries: [
        { node: 'b', id: 'bob', at: 5 },
        { node: 'a', id: 'ann', at: 0 },
      ],
      missing: [],
    });
    const refusals = await ask((operations, answer) => operations.refusals(undefined, answer));
    expect(refusals).toMatchObject({ entries: [{ node: 'c', why: 'Not Found', at: 10 }] });
    const ofOne = await ask((operations, answer) => operations.closes(nodeId('b'), answer));
    expect(ofOne).toMatchObject({ entries: [{ id: 'bob' }] });
  });

  it('ADM15, ADM4: a ban holds on all nodes, also on one that starts later, until it is lifted', async () => {
    const peers = brokers.map((broker, n) => broker.connectPeer(['cem', 'ann', 'bob'][n] ?? ''));
    const banned = await ask((operations, answer) => operations.ban(banRequest('ann'), ACT, answer));
    expect(banned).toMatchObject({ ok: true, value: { closed: 1, missing: [], ban: { id: 'id:*/ann' } } });
    expect(peers.map(({ closeCode }) => closeCode)).toEqual([undefined, 4004, undefined]);
    brokers.push(start('d'));
    const refused = (): unknown[] => brokers.map((broker) => broker.connectPeer('ann').closeCode);
    expect(refused()).toEqual([4004, 4004, 4004, 4004]);
    const lifted = await ask((operations, answer) => operations.unban('id:*/ann', ACT, answer));
    expect(lifted).toMatchObject({ ok: true, value: { missing: [] } });
    expect([refused(), here().broker.operations.bans()]).toEqual([[undefined, undefined, undefined, undefined], []]);
  });

  it('ADM15: a node that missed a ban applies it when it next renews its lease', async () => {
    const ann = there().connectPeer('ann');
    deaf.add(nodeId('b'));
    const banned = await ask((operations, answer) => operations.ban(banRequest('ann'), ACT, answer), 500);
    expect(banned).toMatchObject({ ok: true, value: { closed: 0, missing: ['b'] } });
    expect(ann.client.state).toBe('open');
    clock.advance(LEASE / 3);
    expect(ann.closeCode).toBe(4004);
  });

  it('ADM15, ADM6: a trace has the frames of a peer at each node, names silent nodes, and ends on all of them', async () => {
    const seen: string[] = [];
    const listener = {
      line: ({ node, way, type }: TraceLine) => seen.push(`${node} ${way} ${type}`),
      dropped: (lines: number) => seen.push(`dropped ${lines}`),
      missing: (silent: readonly NodeId[]) => seen.push(`missing ${silent.join()}`),
    };
    const stop = here().broker.operations.trace({ realm: 'peerjs', id: 'ann' }, ACT, listener);
    await passing(0);
    const ann = there().connectPeer('ann');
    ann.sendOffer('nobody');
    await passing(500);
    expect(seen.splice(0)).toEqual(['b out frame', 'b in offer']);
    here().connectPeer('ann');
    deaf.add(nodeId('b'));
    await passing(500);
    await passing(500);
    expect(seen.splice(0)).toEqual(['a out frame', 'missing b']);
    deaf.clear();
    await passing(500);
    await passing(500);
    expect(seen.at(-1)).toBe('missing ');
    stop?.();
    await passing(0);
    const [observed, other] = [seen.length, brokers[2]?.connectPeer('ann')];
    other?.sendOffer('nobody');
    await passing(1_000);
    expect(seen).toHaveLength(observed);
  });

  /** Lets messages between nodes arrive, and time pass. */
  async function passing(span: number): Promise<void> {
    clock.advance(span);
    for (let step = 0; step < 10; step++) await Promise.resolve();
    for (const { transport } of brokers) transport.settle();
  }

  it('ADM15: drains a node by its name, and logs the act on both', async () => {
    const drain = (node: string | undefined) =>
      ask<boolean>((operations, answer) => operations.drain(node === undefined ? undefined : nodeId(node), ACT, answer), 500);
    expect([await drain('b'), await drain(undefined), await drain('x'), drained]).toEqual([true, true, false, ['b', 'a']]);
    const acts = brokers.map(({ events }) =>
      events.flatMap((event) => (event.event === 'operator-acted' ? [event.subject] : [])),
    );
    expect(acts).toEqual([['b', undefined], [undefined], []]);
  });
});
