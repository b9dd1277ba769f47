import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { NodeId } from '../../../src/domain/ids.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { sharedContract } from '../../../src/contracts/engines/contract.ts';
import { LEASE } from '../../../src/contracts/engines/fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'directory and mailboxes of memory',
  sharedContract(false, async () => {
    const clock = new ManualClock();
    const received = new Map<NodeId, BusMessage[]>();
    const notify = (node: NodeId, word: BusMessage): void => void received.get(node)?.push(word);
    const directory = new MemoryPeerDirectory(clock, LEASE, notify, 'first');
    const mailboxes = new MemoryMailboxStore(ROOMY, { holders: directory, notify });
    return {
      node(name) {
        const messages = received.get(name) ?? [];
        received.set(name, messages);
        return { directory, mailboxes, messages };
      },
      elapse: async (span) => clock.advance(span),
      dispose: () => Promise.resolve(),
    };
  }),
);
