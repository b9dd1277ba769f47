import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { mailboxContract } from '../../../src/contracts/mailboxes/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'mailbox store memory',
  mailboxContract({
    can: { durable: 'no: the messages are in the memory of the process' },
    start: async (limits) => {
      const store = new MemoryMailboxStore(limits);
      return {
        store,
        usage: async () => store.usage(),
        dispose: () => Promise.resolve(),
      };
    },
  }),
);
