import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailboxDatabase } from '../../../../../src/adapters/mailboxes/sqlite/database.ts';
import type { Connection } from '../../../../../src/adapters/mailboxes/sqlite/driver.ts';
import type { Change } from '../../../../../src/adapters/mailboxes/sqlite/journal.ts';
import { openInThread } from '../../../../support/sqlite.ts';

const open = openInThread();
const START = { now: 5_000, unixTime: 1_800_000_000_000 };

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-database-'));
  path = join(folder, 'mail.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const insert = (payload: string): Change => ({
  do: 'insert',
  message: {
    ...{ realm: 'peerjs', kind: 'offer', from: 'ann', to: 'bob', payload: Buffer.from(payload), proof: undefined },
    arrivedAt: START.unixTime,
  },
  moment: START.now,
});

/** Changes a file behind the back of the store. */
function tamper(sql: string): void {
  const connection = open(path);
  connection.exec(sql);
  connection.close();
}

function payloads(database: MailboxDatabase): string[] {
  return [...database.read(START)].flat().map(({ payload }) => Buffer.from(payload ?? []).toString());
}

describe('MailboxDatabase', () => {
  it('M24: writes a batch as a whole, or nothing of it', () => {
    const database = new MailboxDatabase(path, open);
    database.commit([insert('1'), insert('2')]);
    const invalid = { ...insert('4'), moment: 'no number' as unknown as number };
    expect(() => database.commit([insert('3'), invalid])).toThrow();
    database.commit([]);
    expect(payloads(database)).toEqual(['1', '2']);
    database.close();
  });

  it('creates files that only the user of the broker can read', () => {
    const database = new MailboxDatabase(path, open);
    database.commit([insert('1')]);
    for (const suffix of ['', '-wal', '-shm', '-lock']) expect(statSync(`${path}${suffix}`).mode & 0o777, suffix).toBe(0o600);
    database.close();
  });

  it('M24: is in use by one process at a time', () => {
    const database = new MailboxDatabase(path, open);
    expect(() => new MailboxDatabase(path, open)).toThrow(
      `${path} is in use by another process: give each broker a file of its own`,
    );
    database.close();
    new MailboxDatabase(path, open).close();
  });

  it('can be read by a backup while it is open', () => {
    const database = new MailboxDatabase(path, open);
    database.commit([insert('1')]);
    const backup = join(folder, 'backup.db');
    tamper(`VACUUM INTO '${backup}'`);
    database.close();
    const restored = new MailboxDatabase(backup, open);
    expect(payloads(restored)).toEqual(['1']);
    restored.close();
  });

  it('rejects a newer format with both versions', () => {
    new MailboxDatabase(path, open).close();
    tamper('PRAGMA user_version = 2');
    expect(() => new MailboxDatabase(path, open)).toThrow(
      `${path} has the format version 2, and this broker supports 1: use the`,
    );
  });

  it('rejects a database of another program', () => {
    tamper('CREATE TABLE theirs (a)');
    expect(() => new MailboxDatabase(path, open)).toThrow(`${path} is a database of another program: name another file`);
  });

  it('rejects a file that is no database, or that is damaged', () => {
    writeFileSync(path, 'not a database at all, '.repeat(100));
    const remedy = 'restore a backup, or remove the file, and its messages with it';
    expect(() => new MailboxDatabase(path, open)).toThrow(new RegExp(`is damaged \\(file is not a database\\): ${remedy}`));
    rmSync(path);
    const database = new MailboxDatabase(path, open);
    database.commit(Array.from({ length: 200 }, (_, index) => insert(`${index}`.repeat(100))));
    database.close();
    // A binding may leave the messages in the write-ahead log when it closes.
    tamper('PRAGMA wal_checkpoint(TRUNCATE)');
    const { size } = statSync(path);
    writeFileSync(path, Buffer.alloc(size - 8_192, 0xa5), { flag: 'r+' });
    expect(() => new MailboxDatabase(path, open)).toThrow(remedy);
  });

  it('names a folder that does not exist', () => {
    const missing = join(folder, 'none', 'mail.db');
    expect(() => new MailboxDatabase(missing, open)).toThrow(
      `${missing} can't be written (ENOENT): create its folder, and let the user of the broker write there`,
    );
  });

  it('M24: a full disk rejects the batch, and a later one is accepted', () => {
    const connections: Connection[] = [];
    const database = new MailboxDatabase(path, (file) => {
      const connection = open(file);
      connections.push(connection);
      return connection;
    });
    database.commit([insert('1')]);
    // The limit of pages gives the error of a full disk.
    connections.at(-1)?.exec('PRAGMA max_page_count = 1');
    expect(() => database.commit([insert('x'.repeat(1_000_000))])).toThrow(/full/);
    connections.at(-1)?.exec('PRAGMA max_page_count = 1000000');
    database.commit([insert('2')]);
    expect(payloads(database)).toEqual(['1', '2']);
    database.close();
  });
});
