import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { NodeId } from '../../../src/domain/ids.ts';
import { ROOMY } from '../mailboxes/fixture.ts';
import { sharedContract } from './contract.ts';
import { LEASE } from './shared-clauses.ts';

sharedContract('memory', false, async () => {
  const clock = new ManualClock();
  const heard = new Map<NodeId, BusMessage[]>();
  const notify = (node: NodeId, word: BusMessage): void => void heard.get(node)?.push(word);
  const directory = new MemoryPeerDirectory(clock, LEASE, notify);
  const mailboxes = new MemoryMailboxStore(ROOMY, { holders: directory, notify });
  return {
    node(name) {
      const words = heard.get(name) ?? [];
      heard.set(name, words);
      return { directory, mailboxes, words };
    },
    elapse: async (span) => clock.advance(span),
    dispose: () => Promise.resolve(),
  };
});
