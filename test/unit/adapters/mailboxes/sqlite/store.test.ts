import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import type { Change, Journal, ReadMessage } from '../../../../../src/adapters/mailboxes/sqlite/journal.ts';
import { SqliteMailboxStore } from '../../../../../src/adapters/mailboxes/sqlite/store.ts';
import type { HoldOutcome } from '../../../../../src/application/ports/mailbox-store.ts';
import { expire, mailboxOwner, offer, pair, put, ROOMY, take, TIMEOUT } from '../../../../../src/contracts/mailboxes/fixture.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../../../src/domain/mailbox-table.ts';

const UNIX_TIME = 1_800_000_000_000;

/** A journal whose transactions end when the test says so. */
class HeldJournal implements Journal {
  stored: readonly ReadMessage[] = [];
  readonly batches: (readonly Change[])[] = [];
  #done: ((failure: string | undefined) => void) | undefined;

  async open(_time: unknown, onMessages: (messages: readonly ReadMessage[]) => void): Promise<void> {
    onMessages(this.stored);
  }

  commit(changes: readonly Change[], done: (failure: string | undefined) => void): void {
    this.batches.push(changes);
    this.#done = done;
  }

  /** Ends the transaction that runs. */
  async end(failure?: string): Promise<void> {
    await turn();
    this.#done?.(failure);
  }

  async close(): Promise<void> {
    // There is no file.
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function started(limits: Partial<MailboxLimits> = {}, stored: readonly ReadMessage[] = []) {
  const journal = new HeldJournal();
  journal.stored = stored;
  const clock = new ManualClock();
  const store = new SqliteMailboxStore({ ...ROOMY, ...limits }, { journal, clock });
  await store.start({ now: () => clock.now(), unixTime: () => UNIX_TIME });
  const subject = { store, usage: async () => store.usage(), dispose: async () => undefined };
  return { journal, clock, store, subject };
}

const kinds = (batch: readonly Change[] = []): string[] => batch.map((change) => change.do);

describe('SqliteMailboxStore', () => {
  it('M24: calls of one turn share a transaction, and calls meanwhile wait for the next one', async () => {
    const { journal, subject } = await started();
    const first = [put(subject, offer()), put(subject, offer({ to: 'carol' }))];
    await turn();
    const later = [put(subject, offer({ to: 'dave' })), take(subject, 'bob')];
    await turn();
    expect(journal.batches.map(kinds)).toEqual([['insert', 'insert']]);
    await journal.end();
    expect(await Promise.all(first)).toEqual(['held', 'held']);
    await journal.end();
    expect([await later[0], (await later[1])?.length]).toEqual(['held', 1]);
    expect(journal.batches.map(kinds)).toEqual([
      ['insert', 'insert'],
      ['insert', 'delete'],
    ]);
  });

  it('limits the calls and the bytes of a transaction', async () => {
    const { journal, subject } = await started({ mailboxMessages: 1_000, mailboxBytes: 1e9, realmMailboxBytes: 1e9 });
    for (let n = 0; n < 120; n++) void put(subject, offer());
    for (let n = 0; n < 3; n++) void put(subject, offer({ payload: 'x'.repeat(600_000) }));
    for (let n = 0; n < 5; n++) await journal.end();
    expect(journal.batches.map((batch) => batch.length)).toEqual([100, 21, 1, 1]);
  });

  it('costs no transaction without a change: an empty mailbox, a full one, no expired message', async () => {
    const { journal, subject } = await started({ mailboxMessages: 0 });
    expect([await take(subject, 'bob'), await put(subject, offer()), await expire(subject, 9_000)]).toEqual([[], 'full', []]);
    expect(journal.batches).toEqual([]);
  });

  it('M24: a message that was taken and could not be stored is not delivered', async () => {
    const { journal, subject } = await started();
    const outcome = put(subject, offer());
    const taken = take(subject, 'bob');
    await journal.end('disk full');
    expect([await outcome, await taken]).toEqual(['failed', []]);
  });

  it('M24: repeats failed deletions before later changes, and writes by itself after a failure until that succeeds', async () => {
    const { journal, clock, store, subject } = await started();
    const held = put(subject, offer());
    await journal.end();
    await held;
    const taken = take(subject, 'bob');
    await journal.end('disk full');
    expect([(await taken).length, store.health()]).toEqual([1, 'disk full']);
    for (const failure of ['still full', undefined]) {
      clock.advance(1_000);
      await turn();
      expect(kinds(journal.batches.at(-1))).toEqual(['delete']);
      await journal.end(failure);
      expect(store.health()).toBe(failure);
    }
    clock.advance(10_000);
    await turn();
    expect(journal.batches).toHaveLength(4);
  });

  it('M24, M13: stored messages beyond the limits are removed, and reported as expired', async () => {
    const stored = [1, 2].map((sequence): ReadMessage => ({
      ...{ sequence, realm: 'green', kind: 'offer', from: 'ann', to: 'bob', payload: undefined, proof: undefined },
      arrivedAt: UNIX_TIME,
    }));
    const { journal, store, subject } = await started({ mailboxMessages: 1 }, stored);
    expect(store.nextDeadline()).toBe(0);
    await journal.end();
    expect(journal.batches).toEqual([[{ do: 'discard', sequence: 2 }]]);
    expect(await expire(subject, 0)).toEqual([pair('ann', 'bob')]);
    expect(store.nextDeadline()).toBe(TIMEOUT);
  });

  it('M24: close waits for the transaction that runs, and for the one after it', async () => {
    const { journal, store, subject } = await started();
    const outcomes: HoldOutcome[] = [];
    const hold = (to: string): void =>
      store.put(realmKey('green'), mailboxOwner(realmKey('green'), offer().from), offer({ to }), 0, (outcome) =>
        outcomes.push(outcome),
      );
    hold('bob');
    await turn();
    hold('carol');
    let isClosed = false;
    const closing = store.close().then(() => (isClosed = true));
    await journal.end();
    expect([isClosed, outcomes]).toEqual([false, ['held']]);
    await journal.end();
    await closing;
    expect([outcomes, (await subject.usage()).mailboxes]).toEqual([['held', 'held'], 2]);
  });
});
