import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { SIGNALBOX_CLI } from '../../support/e2e/server-kinds.ts';

interface Recipe {
  readonly strategy: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } };
  readonly steps: readonly { readonly run?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

const PAGE = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');
const RECIPE = parse(/```yaml\n([^]*?)```/.exec(PAGE)?.[1] ?? '') as Recipe;
const MINUTES = 180_000;
const run = promisify(execFile);

describe('the recipe for GitHub Actions', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'recipe-'));
    for (const name of ['server.py', 'server.mjs']) copyFileSync(join(ROOT, 'examples/conformance', name), join(folder, name));
    // `npm ci` of the recipe: the server in Node needs a package.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has one job for each example server', () => {
    expect(RECIPE.strategy.matrix.include.map(({ name }) => name)).toEqual(['python', 'node', 'go']);
  });

  // The job for Go differs in its command only, and needs a compiler.
  it.each(['python', 'node'])(
    'tests the server in %s with its own lines, and writes the files that it uploads',
    async (name) => {
      const job = RECIPE.strategy.matrix.include.find((one) => one['name'] === name) ?? {};
      const line = RECIPE.steps.find(({ run: command }) => command?.includes('signalbox conform') === true)?.run ?? '';
      const filled = line.replaceAll(/\$\{\{ matrix\.(\w+) \}\}/g, (_, member: string) => job[member] ?? '');
      const command = filled.replace('npx --no-install signalbox', `"${process.execPath}" "${join(ROOT, SIGNALBOX_CLI)}"`);
      await run('sh', ['-c', `${command} --only M1 --patience 10000`], { cwd: folder, timeout: MINUTES });
      for (const end of ['xml', 'html', 'svg']) expect(statSync(join(folder, `conformance.${end}`)).size).toBeGreaterThan(100);
      expect(RECIPE.steps.at(-1)?.with?.['path']).toBe('conformance.*');
    },
    MINUTES,
  );
});
