import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';

/** A folder with two sources, in which scripts/built.mjs runs. */
function checkout(): { folder: string; built: (...args: string[]) => Promise<number | null> } {
  const folder = mkdtempSync(join(tmpdir(), 'built-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of ['src/domain', 'dist', 'node_modules/typescript-native']) mkdirSync(join(folder, path), { recursive: true });
  for (const path of ['src/a.ts', 'src/domain/b.ts', 'tsconfig.build.json']) writeFileSync(join(folder, path), '{}');
  const command = `cd "$0" && exec "$1" "$2" "$@"`;
  const built = async (...args: string[]): Promise<number | null> => {
    const script = [process.execPath, join(ROOT, 'scripts/built.mjs')];
    return (await new Child(['sh', '-c', command.replace('"$@"', '$3'), folder, ...script, ...args]).exited).code;
  };
  return { folder, built };
}

it('a build is stale after a source was written, added or removed', async () => {
  const { folder, built } = checkout();
  expect(await built()).toBe(1);
  await built('--record');
  expect(await built()).toBe(0);
  writeFileSync(join(folder, 'src/domain/b.ts'), '{ }');
  expect(await built()).toBe(1);
  await built('--record');
  writeFileSync(join(folder, 'src/c.ts'), '');
  expect(await built()).toBe(1);
  await built('--record');
  rmSync(join(folder, 'src/a.ts'));
  expect(await built()).toBe(1);
});

it('without a compiler nothing is stale', async () => {
  const { folder, built } = checkout();
  rmSync(join(folder, 'node_modules'), { recursive: true });
  expect(await built()).toBe(0);
});
