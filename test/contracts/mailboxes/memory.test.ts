import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { mailboxContract } from './contract.ts';

mailboxContract('memory', async (limits) => {
  const store = new MemoryMailboxStore(limits);
  return {
    store,
    usage: async () => store.usage(),
    dispose: () => Promise.resolve(),
  };
});
