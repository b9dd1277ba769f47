import { closeSync, openSync } from 'node:fs';
import type { Change, ReadMessage, StartTime } from './journal.ts';
import type { Connection, OpenConnection, Statement, Value } from './driver.ts';

/** The version of the tables. A change of a table increases it. */
const FORMAT_VERSION = 1;
/** `SBML`, in the header of the file. */
const APPLICATION_ID = 0x53_42_4d_4c;
/** The owner of the process only: messages may contain addresses. */
const FILE_MODE = 0o600;
/** Time that a transaction waits for another process, such as a backup. */
const BUSY_TIMEOUT_MS = 1_000;
const WAL_BYTES = 16 * 1024 * 1024;
/** Messages that are read at a time. */
const PAGE = 500;

const TABLES = `
  CREATE TABLE message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    realm TEXT NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL, kind TEXT NOT NULL,
    payload BLOB, proof TEXT,
    arrived_at INTEGER NOT NULL, moment INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX message_recipient ON message (realm, recipient);
  CREATE INDEX message_moment ON message (moment);
  CREATE TABLE attempt (only INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  INSERT INTO attempt VALUES (1, 0);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT_VERSION};
`;

type Statements = Readonly<Record<'insert' | 'delete' | 'expire' | 'discard' | 'attempt' | 'page', Statement>>;

interface Row {
  readonly sequence: number;
  readonly realm: string;
  readonly recipient: string;
  readonly sender: string;
  readonly kind: string;
  readonly payload: Uint8Array | null;
  readonly proof: string | null;
  readonly arrived_at: number;
}

/** The messages of a file. Every call blocks its thread. */
export class MailboxDatabase {
  readonly #lock: Connection;
  readonly #connection: Connection;
  readonly #statements: Statements;

  /** @throws Error with the reason and the next step, for the operator. */
  constructor(path: string, open: OpenConnection) {
    createFile(path);
    this.#lock = lockFile(`${path}-lock`, path, open);
    try {
      this.#connection = openFile(path, open);
      this.#statements = prepare(this.#connection);
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  /** All messages, the oldest first, in pages. Their moments become those of this process. */
  *read({ now, unixTime }: StartTime): Generator<ReadMessage[]> {
    const moments = 'UPDATE message SET moment = ? - max(0, ? - arrived_at)';
    this.#connection.prepare(moments).run(Math.floor(now), Math.floor(unixTime));
    let last = 0;
    for (;;) {
      const rows = this.#statements.page.all(last, PAGE) as Row[];
      if (rows.length === 0) return;
      last = rows.at(-1)?.sequence ?? last;
      yield rows.map(messageOf);
    }
  }

  /** Writes all changes in one transaction. @throws the error of SQLite; nothing is written then. */
  commit(changes: readonly Change[]): void {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      for (const change of changes) this.#write(change);
      // Without a change, the transaction shows whether the file can be written.
      if (changes.length === 0) this.#statements.attempt.run();
      this.#connection.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
    this.#lock.close();
  }

  #write(change: Change): void {
    switch (change.do) {
      case 'insert': {
        const { realm, to, from, kind, payload, proof, arrivedAt } = change.message;
        const values: Value[] = [realm, to, from, kind, payload ?? null, proof ?? null, arrivedAt, change.moment];
        return void this.#statements.insert.run(...values);
      }
      case 'delete':
        return void this.#statements.delete.run(change.realm, change.to);
      case 'expire':
        return void this.#statements.expire.run(change.until);
      case 'discard':
        return void this.#statements.discard.run(change.sequence);
    }
  }

  /** SQLite has rolled back by itself after some errors, such as a full disk. */
  #rollBack(): void {
    try {
      this.#connection.exec('ROLLBACK');
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }
}

function prepare(connection: Connection): Statements {
  return {
    insert: connection.prepare(
      'INSERT INTO message (realm, recipient, sender, kind, payload, proof, arrived_at, moment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    delete: connection.prepare('DELETE FROM message WHERE realm = ? AND recipient = ?'),
    expire: connection.prepare('DELETE FROM message WHERE moment <= ?'),
    discard: connection.prepare('DELETE FROM message WHERE sequence = ?'),
    attempt: connection.prepare('UPDATE attempt SET count = count + 1'),
    page: connection.prepare('SELECT * FROM message WHERE sequence > ? ORDER BY sequence LIMIT ?'),
  };
}

function messageOf({ sequence, realm, recipient, sender, kind, payload, proof, arrived_at }: Row): ReadMessage {
  return {
    ...{ sequence, realm, kind, from: sender, to: recipient, arrivedAt: arrived_at },
    payload: payload === null ? undefined : new Uint8Array(payload),
    proof: proof ?? undefined,
  };
}

/** SQLite would create the file with the rights of the umask; its other files have those of this one. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', FILE_MODE));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(`${path} can't be written (${code}): create its folder, and let the user of the broker write there`, {
      cause: error,
    });
  }
}

/** One process for each file: the system releases the lock with the process, also after a crash. */
function lockFile(lock: string, path: string, open: OpenConnection): Connection {
  createFile(lock);
  const connection = open(lock);
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if (!/locked/.test(String(error))) throw error;
    throw new Error(`${path} is in use by another process: give each broker a file of its own`, { cause: error });
  }
}

function openFile(path: string, open: OpenConnection): Connection {
  const connection = open(path);
  try {
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    checkFormat(path, connection);
    connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${WAL_BYTES}`);
    return connection;
  } catch (error) {
    connection.close();
    if (!/malformed|not a database/.test(String(error))) throw error;
    throw damaged(path, messageOfError(error), error);
  }
}

function checkFormat(path: string, connection: Connection): void {
  const [check] = values(connection, 'PRAGMA quick_check(1)');
  if (check !== 'ok') throw damaged(path, String(check));
  const [version] = values(connection, 'PRAGMA user_version');
  const [application] = values(connection, 'PRAGMA application_id');
  const [tables] = values(connection, 'SELECT count(*) FROM sqlite_master');
  if (tables === 0 && application === 0) {
    connection.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`);
    return;
  }
  if (application !== APPLICATION_ID) throw new Error(`${path} is a database of another program: name another file`);
  if (version === FORMAT_VERSION) return;
  throw new Error(
    `${path} has the format version ${String(version)}, and this broker supports ${FORMAT_VERSION}: use the version of Signalbox that wrote it, or name another file`,
  );
}

function values(connection: Connection, sql: string): unknown[] {
  return connection
    .prepare(sql)
    .all()
    .flatMap((row) => Object.values(row as object) as unknown[]);
}

function damaged(path: string, detail: string, cause?: unknown): Error {
  return new Error(`${path} is damaged (${detail}): restore a backup, or remove the file, and its messages with it`, { cause });
}

function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
