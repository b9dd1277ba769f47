import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { Claim, ClaimOutcome, RenewOutcome } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import { Token } from '../../../src/domain/token.ts';
import { TestBroker } from '../../support/test-broker.ts';
import { SlowEngine } from '../../support/slow-engine.ts';

const LEASE = 3_000;

interface Nodes {
  readonly clock: ManualClock;
  readonly here: TestBroker;
  readonly there: TestBroker;
  readonly third: TestBroker;
  readonly settle: () => Promise<void>;
}

/**
 * Three brokers in one process that share a directory, mailboxes and a bus. @param losesMessages whether the bus loses every
 * message.
 */
function startNodes(losesMessages = false): Nodes {
  const clock = new ManualClock();
  const line = new MemoryBusNetwork();
  const notify = losesMessages ? () => undefined : line.send.bind(line);
  const directory = new MemoryPeerDirectory(clock, LEASE, notify);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify });
  const broker = (name: string): TestBroker => {
    const node = nodeId(name);
    const engine = { node, directory, mailboxes, bus: line.busOf(node), records: new MemoryClusterRecords(clock, () => [node]) };
    return new TestBroker({ allowDiscovery: true }, { clock, engine });
  };
  const [here, there, third] = [broker('here'), broker('there'), broker('third')];
  const settle = async (): Promise<void> => {
    await Promise.resolve();
    for (const { transport } of [here, there, third]) transport.settle();
  };
  return { clock, here, there, third, settle };
}

describe('a node of a cluster', () => {
  it('O11, M1: delivers a message to a peer of another node when the bus message arrives', async () => {
    const { here, there, settle } = startNodes();
    const [ann, bob] = [here.connectPeer('ann'), there.connectPeer('bob')];
    ann.sendOffer('bob', 1);
    await settle();
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('O11: delivers a held message with the next poll if the bus message was lost', () => {
    const { clock, here, there } = startNodes();
    const [ann, bob] = [here.connectPeer('ann'), there.connectPeer('bob')];
    ann.sendOffer('bob', 1);
    clock.advance(LEASE / 3);
    expect(bob.received).toHaveLength(1);
  });

  it('O5: closes the old socket of a peer that connects to another node', async () => {
    const { here, there, settle } = startNodes();
    const [old, current] = [here.connectPeer('ann'), there.connectPeer('ann')];
    await settle();
    expect([old.closeCode, current.closeCode]).toEqual([4001, undefined]);
  });

  it('O5: closes the old socket with the next poll if the bus message was lost', async () => {
    const { clock, here, there, third } = startNodes(true);
    const [old, current, bob] = [here.connectPeer('ann'), there.connectPeer('ann'), third.connectPeer('bob')];
    bob.sendOffer('ann', 1);
    clock.advance(LEASE / 3);
    expect([old.closeCode, current.closeCode, current.received.length]).toEqual([4001, undefined, 1]);
  });

  it('O5: closes the old socket with the next renewal of the lease if the bus message was lost and no message waits', () => {
    const { clock, here, there } = startNodes(true);
    const [old, current] = [here.connectPeer('ann'), there.connectPeer('ann')];
    clock.advance(LEASE / 3);
    expect([old.closeCode, current.closeCode]).toEqual([4001, undefined]);
  });

  it('O4: refuses an id that is held at another node', () => {
    const { here, there } = startNodes();
    here.connectPeer('ann');
    expect(there.connectPeer('ann', { token: 'another' }).closeCode).toBe(1008);
  });

  it('renews its lease while it runs', () => {
    const { clock, here, there } = startNodes();
    here.connectPeer('ann');
    clock.advance(10 * LEASE);
    expect(there.connectPeer('ann', { token: 'another' }).closeCode).toBe(1008);
  });

  it('H4: lists the peers of all nodes', () => {
    const { here, there } = startNodes();
    here.connectPeer('ann');
    there.connectPeer('bob');
    const list = here.transport.http('GET', '/peerjs/peers');
    expect(list.body).toBe('["ann","bob"]');
  });
});

/** A broker on an engine that a test can pause. */
function setUp(): { broker: TestBroker; engine: SlowEngine; clock: ManualClock } {
  const clock = new ManualClock();
  const engine = new SlowEngine(clock, LEASE);
  const broker = new TestBroker({}, { clock, engine });
  return { broker, engine, clock };
}

describe('a node whose lease may have ended', () => {
  it('O4, O14: relays waiting frames after its lease was renewed', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    ann.sendOffer('bob', 1);
    expect(bob.received).toEqual([]);
    engine.resume();
    ann.sendOffer('bob', 2);
    expect(bob.received).toMatchObject([{ payload: 1 }, { payload: 2 }]);
  });

  it('O4: drops waiting frames of a peer whose id another token has claimed', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob, cem] = [broker.connectPeer('ann'), broker.connectPeer('bob'), broker.connectPeer('cem')];
    engine.pause();
    clock.advance(LEASE);
    engine.sharedDirectory.claim({ ...otherNodesPeer('ann'), token: new Token('his') }, () => undefined);
    ann.sendOffer('bob', 1);
    cem.sendOffer('bob', 2);
    engine.resume();
    expect([ann.closeCode, bob.closeCode]).toEqual([4001, undefined]);
    expect(bob.received).toMatchObject([{ src: 'cem', payload: 2 }]);
  });

  it('O4: drops waiting frames also if the reply to a later renewal arrives before the claim is confirmed', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    engine.sharedDirectory.claim({ ...otherNodesPeer('ann'), token: new Token('his') }, () => undefined);
    ann.sendOffer('bob', 1);
    engine.handleNext(Number.POSITIVE_INFINITY);
    expect(ann.closeCode).toBeUndefined();
    engine.resume();
    expect([ann.closeCode, bob.received]).toEqual([4001, []]);
  });

  it('O14: relays waiting frames when its claims are confirmed, if later renewals were answered meanwhile', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(2 * LEASE);
    ann.sendOffer('bob', 1);
    engine.handleNext(Number.POSITIVE_INFINITY);
    expect(bob.received).toEqual([]);
    engine.handleNext(Number.POSITIVE_INFINITY);
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });

  it('O14: holds waiting messages of a peer that disconnects, in order', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    ann.sendOffer('bob', 1);
    ann.sendOffer('bob', 2);
    ann.cut();
    engine.resume();
    clock.advance(LEASE / 3);
    expect(bob.received).toMatchObject([{ payload: 1 }, { payload: 2 }]);
  });

  it('O14: holds waiting messages of a peer that the broker closes', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    ann.sendOffer('bob', 1);
    broker.broker.operations.expel({ realm: 'peerjs', id: 'ann' }, { reason: 'spam', from: '127.0.0.1' }, () => undefined);
    engine.resume();
    clock.advance(LEASE / 3);
    expect([ann.closeCode, bob.received]).toMatchObject([4004, [{ payload: 1 }]]);
  });

  it('O14, O4: drops waiting messages of a peer that disconnects, if another token has claimed its id', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    engine.sharedDirectory.claim({ ...otherNodesPeer('ann'), token: new Token('his') }, () => undefined);
    ann.sendOffer('bob', 1);
    ann.cut();
    engine.resume();
    clock.advance(LEASE / 3);
    expect(bob.received).toEqual([]);
  });

  it('relays frames while the engine is known to be unreachable', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    engine.isReachable = false;
    clock.advance(2 * LEASE);
    ann.sendOffer('bob', 1);
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });

  it('O14: relays frames after a reconnect only when its lease is renewed', () => {
    const { broker, engine, clock } = setUp();
    const [ann, bob] = [broker.connectPeer('ann'), broker.connectPeer('bob')];
    engine.pause();
    engine.isReachable = false;
    clock.advance(2 * LEASE);
    engine.isReachable = true;
    engine.reportLoss();
    ann.sendOffer('bob', 1);
    expect(bob.received).toEqual([]);
    engine.resume();
    ann.sendOffer('bob', 2);
    expect(bob.received).toMatchObject([{ payload: 1 }, { payload: 2 }]);
  });

  it('is not ready', () => {
    const { broker, engine, clock } = setUp();
    const ready = (): number => broker.transport.http('GET', '/readyz').status;
    engine.pause();
    expect(ready()).toBe(200);
    clock.advance(LEASE);
    expect(ready()).toBe(503);
    engine.resume();
    expect(ready()).toBe(200);
  });
});

describe('a node whose engine has lost its data', () => {
  it('O11: delivers the messages that arrived before its claims were stored again', () => {
    const { broker, engine, clock } = setUp();
    const { sharedDirectory } = engine;
    const claims: Claim[] = [];
    const answers: (() => void)[] = [];
    Object.assign(engine.directory, {
      claim(claim: Claim, answer: (outcome: ClaimOutcome) => void) {
        claims.push(claim);
        sharedDirectory.claim(claim, answer);
      },
      renewLease: (_node: NodeId, answer: (outcome: RenewOutcome) => void) => answers.push(() => answer('unknown')),
    });
    const bob = broker.connectPeer('bob');
    for (const claim of claims) sharedDirectory.release(claim);
    clock.advance(LEASE / 3);
    const ann = { ...otherNodesPeer('ann'), token: new Token('hers') };
    sharedDirectory.claim(ann, () => undefined);
    const message = { kind: 'offer', from: ann.id, to: 'bob' as PeerId, payload: Buffer.from('1') } as const;
    engine.mailboxes.put(realmKey('peerjs'), ann, message, clock.now(), () => undefined);
    expect(bob.received).toEqual([]);
    for (const answer of answers) answer();
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });
});

describe('a node with a long lease', () => {
  it('M13, M14: polls for held messages twice before a message would expire', () => {
    const clock = new ManualClock();
    const engine = new SlowEngine(clock, 60_000);
    const broker = new TestBroker({ expireTimeout: 5_000 }, { clock, engine });
    const bob = broker.connectPeer('bob');
    const ann = { ...otherNodesPeer('ann'), token: new Token('hers') };
    engine.sharedDirectory.claim(ann, () => undefined);
    const message = { kind: 'offer', from: ann.id, to: 'bob' as PeerId, payload: Buffer.from('1') } as const;
    engine.mailboxes.put(realmKey('peerjs'), ann, message, clock.now(), () => undefined);
    clock.advance(2_500);
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });
});

function otherNodesPeer(id: string) {
  return { realm: { key: realmKey('peerjs'), node: nodeId('there') }, id: id as PeerId, connection: connectionId(9, 0) };
}
