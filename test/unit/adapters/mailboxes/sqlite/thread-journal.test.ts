import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ThreadJournal } from '../../../../../src/adapters/mailboxes/sqlite/thread-journal.ts';
import { threadStarter } from '../../../../support/sqlite.ts';

let starter: Awaited<ReturnType<typeof threadStarter>>;
let folder = '';
beforeAll(async () => {
  starter = await threadStarter();
  folder = mkdtempSync(join(tmpdir(), 'signalbox-thread-'));
});
afterAll(() => {
  starter.remove();
  rmSync(folder, { recursive: true });
});

const START = { now: 0, unixTime: 0 };
const nothing = (): void => undefined;

it('M24: a thread that has ended fails the waiting transactions and all later ones, and close ends', async () => {
  const threads: Worker[] = [];
  const journal = new ThreadJournal(join(folder, 'mail.db'), () => {
    const thread = starter.start();
    threads.push(thread);
    return thread;
  });
  await journal.open(START, nothing);
  const first = new Promise((resolve) => journal.commit([], resolve));
  expect(await first).toBe(undefined);
  await threads[0]?.terminate();
  const second = new Promise((resolve) => journal.commit([], resolve));
  expect(await second).toBe('the thread of the database has ended');
  await journal.close();
});

it('rejects with the reason if the file can not be opened', async () => {
  const path = join(folder, 'none', 'mail.db');
  const journal = new ThreadJournal(path, () => starter.start());
  await expect(journal.open(START, nothing)).rejects.toThrow(`${path} can't be written (ENOENT)`);
});

it('closes before it was opened', () => new ThreadJournal('unused.db').close());
