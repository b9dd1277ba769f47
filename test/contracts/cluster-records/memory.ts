import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import type { ClusterRecords } from '../../../src/application/ports/cluster-records.ts';
import type { NodeId } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { LEASE } from '../../../src/contracts/engines/fixture.ts';
import type { RecordsSubject } from '../../../src/contracts/cluster-records/contract.ts';

/** The records of several nodes in memory. @param change makes a mutant of correct records. */
export function memoryRecords(change: (correct: ClusterRecords) => Partial<ClusterRecords> = () => ({})): RecordsSubject {
  const clock = new ManualClock();
  const leases = new Map<NodeId, Millis>();
  const alive = (): NodeId[] => [...leases].flatMap(([node, endsAt]) => (endsAt > clock.now() ? [node] : []));
  const make = (): ClusterRecords => {
    const correct = new MemoryClusterRecords(clock, alive);
    const records: ClusterRecords = {
      nodes: (...args) => correct.nodes(...args),
      putBan: (...args) => correct.putBan(...args),
      removeBan: (...args) => correct.removeBan(...args),
      readBans: (...args) => correct.readBans(...args),
    };
    return { ...records, ...change(records) };
  };
  let records = make();
  return {
    node: () => records,
    renew: async (name) => void leases.set(name, clock.now() + LEASE),
    elapse: async (span) => clock.advance(span),
    forget: async () => void (records = make()),
    dispose: () => Promise.resolve(),
  };
}
