import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAdapter } from '../../../src/composition/scaffold.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scaffold-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function outcome(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  const written = { out: '', errors: '' };
  const stdout = { write: (text: string) => (written.out += text) };
  const stderr = { write: (text: string) => (written.errors += text) };
  return { code: await newAdapter(args, { stdout, stderr, isTerminal: false }), ...written };
}

describe('signalbox new', () => {
  it('writes an adapter and its test, and lists them', async () => {
    const target = join(folder, 'a', 'b');
    const files = ['store.mjs', 'store.test.mjs'];
    const out = files.map((name) => `${join(target, name)}\n`).join('');
    expect(await outcome('adapter', 'mailboxes', target)).toEqual({ code: 0, out, errors: '' });
    expect(readdirSync(target).sort()).toEqual(files);
  });

  it('overwrites no file, and then writes none', async () => {
    writeFileSync(join(folder, 'directory.test.mjs'), 'mine');
    const { code, errors } = await outcome('adapter', 'directory', folder);
    expect([code, errors]).toEqual([2, expect.stringContaining('directory.test.mjs exists: name another folder')]);
    expect(readdirSync(folder)).not.toContain('directory.mjs');
  });

  it.each([
    [[]],
    [['adapter']],
    [['adapter', 'gateway', 'x']],
    [['adapter', 'constructor', 'x']],
    [['adapter', 'mailboxes']],
    [['store', 'mailboxes', 'x']],
  ])('%j: shows the usage', async (args) => {
    expect(await outcome(...args)).toEqual({ code: 2, out: '', errors: expect.stringContaining('Usage: signalbox new adapter') });
  });
});
