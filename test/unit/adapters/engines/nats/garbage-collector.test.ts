import { expect, describe, it } from 'vitest';
import type { ClaimTable } from '../../../../../src/adapters/engines/nats/claim-table.ts';
import { GarbageCollector } from '../../../../../src/adapters/engines/nats/garbage-collector.ts';
import { JournalState } from '../../../../../src/adapters/engines/nats/journal-state.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const LEASE = 1_000;
const LIMITS = {
  ...{ mailboxMessages: 9, mailboxBytes: 9, realmMailboxBytes: 9, mailboxesPerSender: 9, sendBufferBytes: 9, expireTimeout: 9 },
  lease: LEASE,
};
const [here, dead] = [nodeId('here'), nodeId('elsewhere')];
/** More ids than one turn of the event loop checks. */
const MANY = 5_000;
const LATER = 1_000_000;

const idOf = (n: number): PeerId => `peer ${n}` as PeerId;

/** A journal in which `dead` has claimed many ids, and released those for which `isReleased` is true. */
function setUp(isReleased: (n: number) => boolean) {
  const state = new JournalState({ ...LIMITS, node: here });
  const deleted: number[] = [];
  const released: PeerId[] = [];
  const owner = { node: dead, connection: connectionId(1, 0), digest: '' };
  for (let n = 0; n < MANY; n++) {
    state.applyClaim(idOf(n), { owner, changeId: '1' }, { revision: n, at: 1 });
    if (isReleased(n)) state.applyClaim(idOf(n), { owner: undefined, changeId: '2' }, { revision: MANY + n, at: 2 });
  }
  state.applyLease(here, { revision: 2 * MANY, at: LATER });
  state.finishInitialRead(state, true);
  let [writing, maxWriting] = [0, 0];
  const journal = { state, deleter: { delete: (revision: number) => void deleted.push(revision) }, onFault: expect.fail };
  const table = {
    journal,
    async update(id: PeerId) {
      maxWriting = Math.max(maxWriting, ++writing);
      released.push(id);
      await Promise.resolve();
      state.applyClaim(id, { owner: undefined, changeId: '3' }, { revision: 3 * MANY, at: LATER });
      writing -= 1;
    },
  };
  const collector = new GarbageCollector(table as unknown as ClaimTable, LEASE);
  return { state, journal, collector, deleted, released, maxWriting: () => maxWriting };
}

/** The turns of the event loop in which other work can run until the promise is settled. */
async function turnsUntil(settled: Promise<unknown>): Promise<number> {
  let [turns, isSettled] = [0, false];
  void settled.then(() => (isSettled = true));
  for (; !isSettled; turns++) await new Promise((resolve) => setImmediate(resolve));
  return turns;
}

describe('a garbage collector', () => {
  it('deletes the entries of released ids in slices', async () => {
    const { collector, deleted } = setUp(() => true);
    expect(await turnsUntil(collector.run())).toBeGreaterThanOrEqual(5);
    expect(deleted).toHaveLength(MANY);
    expect(new Set(deleted)).toEqual(new Set(Array.from({ length: MANY }, (_, n) => n)));
    await collector.run();
    expect(deleted).toHaveLength(2 * MANY);
  });

  it('releases some claims of dead nodes in each run, a few at a time, and checks all ids in slices', async () => {
    const { collector, released, maxWriting } = setUp((n) => n < MANY - 500);
    await collector.run();
    expect(await turnsUntil(collector.run())).toBeGreaterThanOrEqual(1);
    expect([released.length, new Set(released).size, maxWriting()]).toEqual([400, 400, 20]);
  });

  it('removes a dead node after its claims', async () => {
    const { state, collector, released } = setUp((n) => n >= 300);
    for (let run = 0; run < 3; run++) await collector.run();
    expect([released.length, state.leases.deadSince(LATER - LEASE)]).toEqual([300, []]);
  });

  it('does nothing during another run', async () => {
    const { collector, deleted } = setUp(() => true);
    await Promise.all([collector.run(), collector.run()]);
    expect(deleted).toHaveLength(MANY);
  });

  it('deletes no entry after another reading has replaced the state', async () => {
    const { journal, collector, deleted } = setUp(() => true);
    const run = collector.run();
    journal.state = new JournalState({ ...LIMITS, node: here });
    await run;
    expect(deleted.length).toBeLessThan(MANY);
  });
});
