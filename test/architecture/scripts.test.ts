import { describe, expect, it } from 'vitest';
import { importsOf } from './dead-exports.ts';
import { exportsOf } from './exports.ts';
import { filesUnder, type SourceFile } from './tree.ts';

const SCRIPTS = filesUnder('.', /\.mjs$/);

/** Names that a file imports from a script that does not export them. */
function missingExports(importer: SourceFile, all: readonly SourceFile[]): string[] {
  return importsOf(importer).filter((imported) => {
    const [path, name = ''] = imported.split(' ');
    const file = all.find((one) => one.path === path);
    return file !== undefined && name !== '*' && !exportsOf(file).some((one) => one.name === name);
  });
}

describe('scripts', () => {
  it.each(SCRIPTS)('$path imports only exported names', (script) => {
    expect(missingExports(script, SCRIPTS)).toEqual([]);
  });

  it('reports an import of a name that is not exported', () => {
    const run: SourceFile = { path: 'scripts/run.mjs', text: "const VITEST = 'vitest'; export function run() {}" };
    const importer: SourceFile = { path: 'scripts/docs.mjs', text: "import { run, VITEST } from './run.mjs';" };
    expect(missingExports(importer, [run, importer])).toEqual(['scripts/run.mjs VITEST']);
  });

  it('npm run docs runs exactly the tests that write a page', () => {
    const list = SCRIPTS.find(({ path }) => path === 'scripts/generated-pages.mjs')?.text ?? '';
    const listed = Array.from(list.matchAll(/'(test\/[^']+)'/g), ([, path]) => path);
    expect(listed.sort()).toEqual(pageWriters());
  });
});

/** Tests that write a page, directly or by one of these functions. */
function pageWriters(): string[] {
  const writing = /UPDATE_DOCS|toMatchFileSnapshot|expectPublished\(|signalboxConforms\(|describeWireCases\(/;
  return filesUnder('test', /\.test\.ts$/)
    .filter(({ path, text }) => path !== 'test/architecture/scripts.test.ts' && writing.test(text))
    .map(({ path }) => path);
}
