import { describe, expect, it } from 'vitest';
import type { ClaimOutcome } from '../../../../../src/application/ports/peer-directory.ts';
import type { BusMessage, BusPublication } from '../../../../../src/application/ports/node-bus.ts';
import { LEASE, messageOf, peer } from '../../../../../src/contracts/engines/fixture.ts';
import { nodeId, realmKey, type NodeId, type PeerId } from '../../../../../src/domain/ids.ts';
import type { TopicName } from '../../../../../src/domain/topic.ts';
import { Token } from '../../../../../src/domain/token.ts';
import { LocalCluster } from '../../../../contracts/engines/local.ts';

const [HERE, THERE] = [nodeId('here'), nodeId('there')];
const GREEN = realmKey('green');

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

function claim(cluster: LocalCluster, id: string, node: NodeId, token?: string): Promise<ClaimOutcome> {
  const one = peer(id, node);
  const wanted = token === undefined ? one : { ...one, token: new Token(token) };
  return new Promise((resolve) => cluster.node(node).directory.claim(wanted, resolve));
}

function put(cluster: LocalCluster, from: string, to: string, node: NodeId): Promise<unknown> {
  return new Promise((resolve) => {
    cluster.node(node).mailboxes.put(GREEN, peer(from, node), messageOf(from, to, '1'), 0, (...outcome) => resolve(outcome));
  });
}

describe('a hub of which a node has ended', () => {
  it('O5: frees its ids at once, and keeps the messages', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    await put(cluster, 'ann', 'bob', HERE);
    expect(await claim(cluster, 'ann', THERE, 'his')).toBe('taken');
    cluster.channels.get(HERE)?.node.close();
    await turns(2);
    expect(await claim(cluster, 'ann', THERE, 'his')).toBe('granted');
    const taken = await new Promise((resolve) =>
      cluster.node(THERE).mailboxes.take(peer('bob', THERE), (messages) => resolve(messages.length)),
    );
    expect(taken).toBe(1);
  });

  it('removes its claims after 20 leases', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    cluster.channels.get(HERE)?.node.close();
    await turns(2);
    const holder = (): unknown => cluster.directory.holderOf(GREEN, 'ann' as PeerId)?.node;
    await cluster.elapse(20 * LEASE - 1);
    expect(holder()).toBe(HERE);
    await cluster.elapse(1);
    expect(holder()).toBeUndefined();
  });
});

describe('a node of a hub', () => {
  it('sends the commands of one turn as one batch, and receives the replies as one', async () => {
    const cluster = new LocalCluster();
    await Promise.all(['ann', 'bob', 'cem'].map((id) => claim(cluster, id, HERE)));
    const { node, hub } = cluster.channels.get(HERE) ?? {};
    expect([node?.batches, hub?.batches]).toEqual([1, 1]);
  });

  it('sends many commands in several batches, in order', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    const outcomes: number[] = [];
    await Promise.all(
      Array.from({ length: 1_200 }, async (_, n) => {
        await claim(cluster, `peer ${n}`, HERE);
        outcomes.push(n);
      }),
    );
    expect(outcomes).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
    expect(cluster.channels.get(HERE)?.node.batches).toBe(1 + 3);
  });

  it('M13: answers commands with full, as unreachable, after the hub has gone, also those without a reply', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    const waiting = put(cluster, 'ann', 'bob', HERE);
    cluster.channels.get(HERE)?.hub.close();
    expect(await waiting).toEqual(['full', 'engine']);
    expect(await put(cluster, 'ann', 'bob', HERE)).toEqual(['full', 'engine']);
    expect(await claim(cluster, 'cem', HERE)).toBe('full');
    expect(cluster.node(HERE).bus.isReachable).toBe(false);
    const renewal = new Promise((resolve) => cluster.node(HERE).directory.renewLease(HERE, resolve));
    expect(await renewal).toBe('failed');
  });

  it('M13: refuses commands of peers beyond 20,000 without a reply, and accepts them again after the replies', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    const { mailboxes } = cluster.node(HERE);
    const answers: unknown[] = [];
    const ask = (): void => mailboxes.waiting(GREEN, (ids) => void answers.push(ids));
    for (let n = 0; n < 20_000; n++) ask();
    expect(await put(cluster, 'ann', 'bob', HERE)).toEqual(['full', 'engine']);
    while (answers.length < 20_000) await turn();
    expect(await put(cluster, 'ann', 'bob', HERE)).toEqual(['held', undefined]);
  });

  it('O4: a connection that closes before its claim is sent takes no id from its owner', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', THERE);
    const { directory } = cluster.node(HERE);
    const again = peer('ann', HERE);
    const outcome = new Promise((resolve) => directory.claim(again, resolve));
    directory.release(again);
    expect(await outcome).toBe('taken');
    expect(cluster.directory.holderOf(GREEN, 'ann' as PeerId)?.node).toBe(THERE);
  });

  it('is notified once of a loss if it does not read, and receives later messages again', async () => {
    const cluster = new LocalCluster();
    const received: string[] = [];
    const { bus } = cluster.node(HERE);
    bus.listen({
      onMessage: (message: BusMessage) => void received.push(message.type === 'publication' ? message.publication.id : ''),
      onMessagesLost: () => void received.push('lost'),
    });
    for (let n = 0; n < 20_010; n++) cluster.hub.notify(HERE, publication(String(n)));
    while (received.at(-1) !== 'lost') await turn();
    expect(received.indexOf('lost')).toBe(20_000);
    cluster.hub.notify(HERE, publication('later'));
    await turns(3);
    expect(received.slice(20_000)).toEqual(['lost', 'later']);
  });

  it('O11: is notified once of several messages for one peer in one batch, and again after it', async () => {
    const cluster = new LocalCluster();
    const received: unknown[] = [];
    await claim(cluster, 'ann', THERE);
    await claim(cluster, 'bob', HERE);
    await claim(cluster, 'cem', HERE);
    cluster.node(HERE).bus.listen({
      onMessage: (message) => void received.push(message.type === 'mail' ? message.id : message.type),
      onMessagesLost: () => undefined,
    });
    await Promise.all(['bob', 'bob', 'cem', 'bob'].map((to) => put(cluster, 'ann', to, THERE)));
    await turns(3);
    expect(received).toEqual(['bob', 'cem']);
    await put(cluster, 'ann', 'bob', THERE);
    await turns(3);
    expect(received).toEqual(['bob', 'cem', 'bob']);
  });

  it('waits with its end until the hub has run its commands', async () => {
    const cluster = new LocalCluster();
    await claim(cluster, 'ann', HERE);
    cluster.node(HERE).directory.release(peer('ann', HERE));
    await cluster.node(HERE).bus.close();
    expect(cluster.directory.holderOf(GREEN, 'ann' as PeerId)).toBeUndefined();
    expect(cluster.node(HERE).bus.isReachable).toBe(false);
  });
});

function publication(id: string): BusPublication {
  const topics = ['garden' as TopicName];
  return {
    ...{ type: 'publication', realm: GREEN, space: 'relay', keepsHistory: false },
    publication: { id, topics, payload: new Uint8Array(1), type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
}
