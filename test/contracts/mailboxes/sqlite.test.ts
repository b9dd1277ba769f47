import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SqliteMailboxStore } from '../../../src/adapters/mailboxes/sqlite/store.ts';
import { ThreadJournal } from '../../../src/adapters/mailboxes/sqlite/thread-journal.ts';
import { mailboxContract } from '../../../src/contracts/mailboxes/contract.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { TimeOfDay } from '../../../src/domain/time.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { openInThread, threadStarter } from '../../support/sqlite.ts';

let starter: Awaited<ReturnType<typeof threadStarter>>;
let folder = '';
let files = 0;
beforeAll(async () => {
  starter = await threadStarter();
  folder = mkdtempSync(join(tmpdir(), 'signalbox-sqlite-'));
});
afterAll(() => {
  starter.remove();
  rmSync(folder, { recursive: true });
});

describeContract(
  'mailbox store sqlite',
  mailboxContract({
    can: { durable: true },
    start: async (limits, time) => {
      const path = join(folder, `${++files}.db`);
      let running = await open(path, limits, time);
      return {
        ...running,
        dispose: () => running.close(),
        durable: {
          async restart(how) {
            await (how === 'close' ? running.close() : running.crash());
            running = await open(path, limits, time);
            return running;
          },
          async blockWrites() {
            const other = openInThread()(path);
            other.exec('BEGIN IMMEDIATE');
            return async () => {
              other.exec('ROLLBACK');
              other.close();
            };
          },
        },
      };
    },
  }),
);

async function open(path: string, limits: MailboxLimits, time: TimeOfDay) {
  const threads: Worker[] = [];
  const journal = new ThreadJournal(path, () => {
    const thread = starter.start();
    threads.push(thread);
    return thread;
  });
  const store = new SqliteMailboxStore(limits, { journal, clock: new ManualClock() });
  await store.start(time);
  return {
    store,
    usage: async () => store.usage(),
    close: () => store.close(),
    crash: async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
  };
}
