import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { connectionId, nodeId, realmKey, type PeerId } from '../../../src/domain/ids.ts';
import { Token } from '../../../src/domain/token.ts';
import { TestBroker } from '../../support/test-broker.ts';
import { SlowEngine } from '../../support/slow-engine.ts';

const LEASE = 3_000;

interface Neighbours {
  readonly clock: ManualClock;
  readonly here: TestBroker;
  readonly there: TestBroker;
  readonly far: TestBroker;
  readonly settle: () => Promise<void>;
}

/** Three brokers in one process that share a directory, mailboxes and a bus. @param isDeaf whether every word is lost. */
function neighbours(isDeaf = false): Neighbours {
  const clock = new ManualClock();
  const line = new MemoryBusNetwork();
  const notify = isDeaf ? () => undefined : line.send.bind(line);
  const directory = new MemoryPeerDirectory(clock, LEASE, notify);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify });
  const house = (name: string): TestBroker => {
    const node = nodeId(name);
    return new TestBroker({ allowDiscovery: true }, { clock, engine: { node, directory, mailboxes, bus: line.busOf(node) } });
  };
  const [here, there, far] = [house('here'), house('there'), house('far')];
  const settle = async (): Promise<void> => {
    await Promise.resolve();
    for (const { transport } of [here, there, far]) transport.settle();
  };
  return { clock, here, there, far, settle };
}

describe('a node of a cluster', () => {
  it('O11, M1: a message for a peer of another node is there as soon as that is told of it', async () => {
    const { here, there, settle } = neighbours();
    const [ann, bob] = [here.connectPeer('ann'), there.connectPeer('bob')];
    ann.sendOffer('bob', 1);
    await settle();
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('O11: it is there with the next look, where nobody told of it', () => {
    const { clock, here, there } = neighbours();
    const [ann, bob] = [here.connectPeer('ann'), there.connectPeer('bob')];
    ann.sendOffer('bob', 1);
    clock.advance(LEASE / 3);
    expect(bob.received).toHaveLength(1);
  });

  it('O5: a peer that comes to another node leaves its old socket', async () => {
    const { here, there, settle } = neighbours();
    const [old, young] = [here.connectPeer('ann'), there.connectPeer('ann')];
    await settle();
    expect([old.closeCode, young.closeCode]).toEqual([4001, undefined]);
  });

  it('O5: a peer that has come to another node leaves its old socket when that looks for mail, where the word was lost', async () => {
    const { clock, here, there, far } = neighbours(true);
    const [old, young, bob] = [here.connectPeer('ann'), there.connectPeer('ann'), far.connectPeer('bob')];
    bob.sendOffer('ann', 1);
    clock.advance(LEASE / 3);
    expect([old.closeCode, young.closeCode, young.received.length]).toEqual([4001, undefined, 1]);
  });

  it('O4: an id of another node is taken', () => {
    const { here, there } = neighbours();
    here.connectPeer('ann');
    expect(there.connectPeer('ann', { token: 'another' }).closeCode).toBe(1008);
  });

  it('keeps its lease as long as it lives', () => {
    const { clock, here, there } = neighbours();
    here.connectPeer('ann');
    clock.advance(10 * LEASE);
    expect(there.connectPeer('ann', { token: 'another' }).closeCode).toBe(1008);
  });

  it('H4: lists the peers of all nodes', () => {
    const { here, there } = neighbours();
    here.connectPeer('ann');
    there.connectPeer('bob');
    const list = here.transport.http('GET', '/peerjs/peers');
    expect(list.body).toBe('["ann","bob"]');
  });
});

/** A broker on an engine that a test stops and lets go on. */
function setUp(): { house: TestBroker; engine: SlowEngine; clock: ManualClock } {
  const clock = new ManualClock();
  const engine = new SlowEngine(clock, LEASE);
  const house = new TestBroker({}, { clock, engine });
  return { house, engine, clock };
}

describe('a node that may have lost its ids', () => {
  it('O4, O14: relays what its peers send when its lease was renewed', () => {
    const { house, engine, clock } = setUp();
    const [ann, bob] = [house.connectPeer('ann'), house.connectPeer('bob')];
    engine.pause();
    clock.advance(LEASE);
    ann.sendOffer('bob', 1);
    expect(bob.received).toEqual([]);
    engine.resume();
    ann.sendOffer('bob', 2);
    expect(bob.received).toMatchObject([{ payload: 1 }, { payload: 2 }]);
  });

  it('O4: relays nothing of a peer whose id another token has claimed meanwhile', () => {
    const { house, engine, clock } = setUp();
    const [ann, bob, cem] = [house.connectPeer('ann'), house.connectPeer('bob'), house.connectPeer('cem')];
    engine.pause();
    clock.advance(LEASE);
    engine.sharedDirectory.claim({ ...stranger('ann'), token: new Token('his') }, () => undefined);
    ann.sendOffer('bob', 1);
    cem.sendOffer('bob', 2);
    engine.resume();
    expect([ann.closeCode, bob.closeCode]).toEqual([4001, undefined]);
    expect(bob.received).toMatchObject([{ src: 'cem', payload: 2 }]);
  });

  it('goes on where it knows that it is cut off', () => {
    const { house, engine, clock } = setUp();
    const [ann, bob] = [house.connectPeer('ann'), house.connectPeer('bob')];
    engine.pause();
    engine.isReachable = false;
    clock.advance(2 * LEASE);
    ann.sendOffer('bob', 1);
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });

  it('is not ready', () => {
    const { house, engine, clock } = setUp();
    const ready = (): number => house.transport.http('GET', '/readyz').status;
    engine.pause();
    expect(ready()).toBe(200);
    clock.advance(LEASE);
    expect(ready()).toBe(503);
    engine.resume();
    expect(ready()).toBe(200);
  });
});

describe('a node with a long lease', () => {
  it('M13, M14: looks for mail twice before a message would expire, also where no word of it comes', () => {
    const clock = new ManualClock();
    const engine = new SlowEngine(clock, 60_000);
    const house = new TestBroker({ expireTimeout: 5_000 }, { clock, engine });
    const bob = house.connectPeer('bob');
    const ann = { ...stranger('ann'), token: new Token('hers') };
    engine.sharedDirectory.claim(ann, () => undefined);
    const message = { kind: 'offer', from: ann.id, to: 'bob' as PeerId, payload: Buffer.from('1') } as const;
    engine.mailboxes.put(realmKey('peerjs'), ann, message, clock.now(), () => undefined);
    clock.advance(2_500);
    expect(bob.received).toMatchObject([{ payload: 1 }]);
  });
});

function stranger(id: string) {
  return { realm: { key: realmKey('peerjs'), node: nodeId('there') }, id: id as PeerId, connection: connectionId(9, 0) };
}
