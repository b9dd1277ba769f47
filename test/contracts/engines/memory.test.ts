import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { ROOMY } from '../mailboxes/scene.ts';
import { sharedContract } from './contract.ts';
import { LEASE } from './shared-clauses.ts';

sharedContract('memory', false, async () => {
  const clock = new ManualClock();
  const directory = new MemoryPeerDirectory(clock, LEASE);
  const mailboxes = new MemoryMailboxStore(ROOMY, directory);
  return {
    node: () => ({ directory, mailboxes }),
    elapse: async (span) => clock.passes(span),
    dispose: () => Promise.resolve(),
  };
});
