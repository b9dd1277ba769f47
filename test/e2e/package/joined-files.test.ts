import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';

it.each(['dist/cli', 'dist/commonjs'])('files of %s have ASCII only, so that V8 keeps one byte for each character', (folder) => {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) => /\.c?js$/.test(path));
  expect(files.length).toBeGreaterThan(5);
  const others = files.filter((path) => readFileSync(join(ROOT, folder, path)).some((byte) => byte > 0x7f));
  expect(others).toEqual([]);
});
