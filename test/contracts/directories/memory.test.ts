import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { directoryContract, type DirectorySubject } from './contract.ts';

directoryContract('memory, for one node', 'stay', () => start());
directoryContract('memory, shared by the nodes of one process', 'lapse', () => start(1_000));

async function start(lease?: Millis): Promise<DirectorySubject> {
  const clock = new ManualClock();
  const directory = new MemoryPeerDirectory(clock, lease);
  return {
    node: () => directory,
    elapse: async (span) => clock.advance(span),
    dispose: () => Promise.resolve(),
  };
}
