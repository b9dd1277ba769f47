import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { directoryContract } from '../../../src/contracts/directories/contract.ts';
import type { DirectorySubject } from '../../../src/contracts/directories/fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'directory memory, for one node',
  directoryContract('stay', () => start()),
);
describeContract(
  'directory memory, shared by the nodes of one process',
  directoryContract('lapse', () => start(1_000)),
);

async function start(lease?: Millis): Promise<DirectorySubject> {
  const clock = new ManualClock();
  const directory = new MemoryPeerDirectory(clock, lease);
  return {
    node: () => directory,
    elapse: async (span) => clock.advance(span),
    dispose: () => Promise.resolve(),
  };
}
