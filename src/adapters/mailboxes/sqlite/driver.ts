import { createRequire } from 'node:module';

/** The values of a row. */
export type Value = string | number | Uint8Array | null;

/** A prepared statement. */
export interface Statement {
  run(...values: readonly Value[]): unknown;
  all(...values: readonly Value[]): unknown[];
}

/** A connection to a database: the part that `node:sqlite` and `better-sqlite3` have in common. */
export interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

/** Opens a file, and creates it if it does not exist. */
export type OpenConnection = (path: string) => Connection;

/** The module of one library. */
interface Modules {
  /** A module of Node; undefined if this version has none. */
  readonly builtin: (name: string) => object | undefined;
  /** @throws if the package is not installed, or not built for this version of Node. */
  readonly required: (name: string) => unknown;
}

type Opener = new (path: string) => Connection;

const require = createRequire(import.meta.url);
const INSTALLED: Modules = {
  // Node 20.15 and earlier have no such function, and no SQLite.
  builtin: (name) => process.getBuiltinModule?.(name),
  required: (name) => require(name) as unknown,
};

/** The SQLite of Node (22.13 and later), else the package `better-sqlite3`. @throws Error that names both, and the command. */
export function loadDriver({ builtin, required }: Modules = INSTALLED): OpenConnection {
  const ofNode = builtin('node:sqlite') as { readonly DatabaseSync: Opener } | undefined;
  if (ofNode !== undefined) return (path) => new ofNode.DatabaseSync(path);
  const Database = openerOf(required);
  return (path) => new Database(path);
}

function openerOf(required: Modules['required']): Opener {
  try {
    return required('better-sqlite3') as Opener;
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const remedy = 'use Node 22.13 or later, or run: npm install better-sqlite3@12';
    throw new Error(`Node ${process.versions.node} has no SQLite, and better-sqlite3 can't be loaded (${detail}): ${remedy}`, {
      cause: error,
    });
  }
}
