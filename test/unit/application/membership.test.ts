import { describe, expect, it } from 'vitest';
import { MemoryBusLine } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { House } from '../../support/house.ts';

const LEASE = 3_000;

interface Neighbours {
  readonly clock: ManualClock;
  readonly here: House;
  readonly there: House;
  readonly far: House;
  readonly settle: () => Promise<void>;
}

/** Three brokers in one process that share a directory, mailboxes and a bus. @param isDeaf whether every word is lost. */
function neighbours(isDeaf = false): Neighbours {
  const clock = new ManualClock();
  const line = new MemoryBusLine();
  const tell = isDeaf ? () => undefined : line.tell.bind(line);
  const directory = new MemoryPeerDirectory(clock, LEASE, tell);
  const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, tell });
  const house = (name: string): House => {
    const node = nodeId(name);
    return new House({ allowDiscovery: true }, { clock, engine: { node, directory, mailboxes, bus: line.at(node) } });
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
    const [ann, bob] = [here.opens('ann'), there.opens('bob')];
    ann.offers('bob', 1);
    await settle();
    expect(bob.heard).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
  });

  it('O11: it is there with the next look, where nobody told of it', () => {
    const { clock, here, there } = neighbours();
    const [ann, bob] = [here.opens('ann'), there.opens('bob')];
    ann.offers('bob', 1);
    clock.passes(LEASE / 3);
    expect(bob.heard).toHaveLength(1);
  });

  it('O5: a peer that comes to another node leaves its old socket', async () => {
    const { here, there, settle } = neighbours();
    const [old, young] = [here.opens('ann'), there.opens('ann')];
    await settle();
    expect([old.closedWith, young.closedWith]).toEqual([4001, undefined]);
  });

  it('O5: a peer that has come to another node leaves its old socket when that looks for mail, where the word was lost', async () => {
    const { clock, here, there, far } = neighbours(true);
    const [old, young, bob] = [here.opens('ann'), there.opens('ann'), far.opens('bob')];
    bob.offers('ann', 1);
    clock.passes(LEASE / 3);
    expect([old.closedWith, young.closedWith, young.heard.length]).toEqual([4001, undefined, 1]);
  });

  it('O4: an id of another node is taken', () => {
    const { here, there } = neighbours();
    here.opens('ann');
    expect(there.opens('ann', { token: 'another' }).closedWith).toBe(1008);
  });

  it('keeps its lease as long as it lives', () => {
    const { clock, here, there } = neighbours();
    here.opens('ann');
    clock.passes(10 * LEASE);
    expect(there.opens('ann', { token: 'another' }).closedWith).toBe(1008);
  });

  it('H4: lists the peers of all nodes', () => {
    const { here, there } = neighbours();
    here.opens('ann');
    there.opens('bob');
    const list = here.transport.http('GET', '/peerjs/peers');
    expect(list.body).toBe('["ann","bob"]');
  });
});
