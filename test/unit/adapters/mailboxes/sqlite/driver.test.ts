import { describe, expect, it } from 'vitest';
import { loadDriver } from '../../../../../src/adapters/mailboxes/sqlite/driver.ts';

/** A library that remembers the opened file. */
const library = (name: string) =>
  class {
    readonly opened: string;
    constructor(path: string) {
      this.opened = `${name} ${path}`;
    }
    exec(): void {}
    prepare(): never {
      throw new Error('unused');
    }
    close(): void {}
  };

const missing = (): never => {
  throw new Error("Cannot find module 'better-sqlite3'\nRequire stack:\n- /somewhere");
};

describe('loadDriver', () => {
  it('prefers the SQLite of Node', () => {
    const open = loadDriver({ builtin: () => ({ DatabaseSync: library('node') }), required: missing });
    expect(open('a.db')).toMatchObject({ opened: 'node a.db' });
  });

  it('uses better-sqlite3 if Node has none', () => {
    const open = loadDriver({ builtin: () => undefined, required: () => library('package') });
    expect(open('a.db')).toMatchObject({ opened: 'package a.db' });
  });

  it('names the versions of Node and the command if there is neither', () => {
    expect(() => loadDriver({ builtin: () => undefined, required: missing })).toThrow(
      `Node ${process.versions.node} has no SQLite, and better-sqlite3 can't be loaded (Cannot find module 'better-sqlite3'): ` +
        'use Node 22.13 or later, or run: npm install better-sqlite3@12',
    );
  });
});
