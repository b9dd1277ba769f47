import { describe, expect, it } from 'vitest';
import { deadExports } from './dead-exports.ts';
import { ENTRY_POINTS, SUITE_COMMANDS } from './import-rules.ts';
import { filesUnder } from './tree.ts';

describe('every export is imported', () => {
  it('in this repository', () => {
    const entryPoints = [...ENTRY_POINTS, ...SUITE_COMMANDS];
    expect(deadExports(filesUnder('.', /^(src|conformance|doctor|pages|test|scripts)\/.*\.ts$/), entryPoints)).toEqual([]);
  });

  const imported = 'export const egg = 1; export type Hen = string;';
  const deadBeside = (importer: string): string[] =>
    deadExports(
      [
        { path: 'src/domain/egg.ts', text: imported },
        { path: 'test/unit/nest.ts', text: importer },
      ],
      ['src/entry.ts'],
    );

  for (const importer of [
    "import { egg, type Hen } from '../../src/domain/egg.ts';",
    "import { egg as ovum } from '../../src/domain/egg.ts'; import type { Hen as Bird } from '../../src/domain/egg.ts';",
    "import * as all from '../../src/domain/egg.ts';",
    "export { egg, type Hen } from '../../src/domain/egg.ts';",
    "export * from '../../src/domain/egg.ts';",
    "const all = await import('../../src/domain/egg.ts');",
    "type All = import('../../src/domain/egg.ts').Hen;",
  ]) {
    it(`${importer} imports every export`, () => expect(deadBeside(importer)).toEqual([]));
  }

  it('reports an export without an import', () => {
    expect(deadBeside("import { egg } from '../../src/domain/egg.ts';")).toEqual(['src/domain/egg.ts: Hen']);
    expect(deadBeside("import { egg, type Hen } from '../../src/application/egg.ts';")).toHaveLength(2);
    expect(deadBeside("import { egg, type Hen } from 'egg';")).toHaveLength(2);
  });

  it('reports an export of the conformance suite without an import', () => {
    expect(deadExports([{ path: 'conformance/egg.ts', text: imported }], [])).toHaveLength(2);
    expect(deadExports([{ path: 'test/unit/egg.ts', text: imported }], [])).toEqual([]);
  });

  it('accepts a type that another export refers to', () => {
    const dead = (text: string): string[] => deadExports([{ path: 'src/domain/egg.ts', text }], []);
    const nest = 'export class Nest { constructor(eggs: Eggs) { this.eggs = eggs; } }';
    expect(dead(`export type Eggs = number; ${nest}`)).toEqual(['src/domain/egg.ts: Nest']);
    expect(dead('export type Eggs = number; class Nest { eggs: Eggs; }')).toEqual(['src/domain/egg.ts: Eggs']);
    expect(dead(`export const Eggs = 1; ${nest}`)).toEqual(['src/domain/egg.ts: Eggs', 'src/domain/egg.ts: Nest']);
  });

  it('accepts every export of an entry point', () => {
    expect(deadExports([{ path: 'src/entry.ts', text: imported }], ['src/entry.ts'])).toEqual([]);
  });
});
