import { describe, expect, it } from 'vitest';
import { hasBehaviour, strayTests, unprovenAdapters, untestedFiles } from './parity.ts';
import { filesUnder, type SourceFile } from './tree.ts';

const FILES = ['src', 'conformance', 'doctor', 'test'].flatMap((folder) => filesUnder(folder, /\.ts$/));

function filesOf(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

const RUNS_THE_SUITE = "from '../../../src/contracts/clocks/contract.ts'; from '../../../src/contracts/transports/contract.ts';";
const DOES = 'export const twice = (n: number): number => 2 * n;';

describe('every adapter runs the contract suite of its port', () => {
  it('in this repository', () => expect(unprovenAdapters(FILES)).toEqual([]));

  it('accepts a file with a contract test', () => {
    const files = filesOf({ 'src/adapters/clocks/sun.ts': DOES, 'test/contracts/clocks/sun.test.ts': RUNS_THE_SUITE });
    expect(unprovenAdapters(files)).toEqual([]);
  });

  it('accepts a folder with a contract test, and ignores shared files', () => {
    const files = filesOf({
      'src/adapters/transports/pigeon/wing.ts': DOES,
      'src/adapters/transports/pigeon/beak.ts': DOES,
      'src/adapters/transports/shared/feather.ts': DOES,
      'test/contracts/transports/pigeon.test.ts': RUNS_THE_SUITE,
    });
    expect(unprovenAdapters(files)).toEqual([]);
  });

  it('reports an adapter without a test', () => {
    const [complaint] = unprovenAdapters(filesOf({ 'src/adapters/clocks/sun.ts': DOES }));
    expect(complaint).toContain('test/contracts/clocks/sun.test.ts');
  });

  it('reports an adapter whose test does not run the contract suite', () => {
    const files = filesOf({ 'src/adapters/clocks/sun.ts': DOES, 'test/contracts/clocks/sun.test.ts': "it('shines', () => {});" });
    expect(unprovenAdapters(files)).toHaveLength(1);
  });

  it('reports a port without an entry', () => {
    expect(unprovenAdapters(filesOf({ 'src/adapters/moons/full.ts': DOES }))).toEqual([
      'adapters/moons: add the proof for adapters of this port to PROOFS in parity.ts',
    ]);
  });
});

describe('every file with behaviour has a unit test', () => {
  it('in this repository', () => expect(untestedFiles(FILES)).toEqual([]));

  it('accepts a file with one test or with tests by aspect', () => {
    const files = filesOf({
      'src/domain/sum.ts': DOES,
      'test/unit/domain/sum.test.ts': '',
      'src/domain/product.ts': DOES,
      'test/unit/domain/product.of-nothing.test.ts': '',
    });
    expect(untestedFiles(files)).toEqual([]);
  });

  it('reports a file without a test', () =>
    expect(untestedFiles(filesOf({ 'src/domain/sum.ts': DOES }))).toEqual(['src/domain/sum.ts']));

  it('ignores a test in another folder', () => {
    const files = filesOf({ 'src/domain/sum.ts': DOES, 'test/unit/sum.test.ts': '', 'test/unit/domain/summary.test.ts': '' });
    expect(untestedFiles(files)).toEqual(['src/domain/sum.ts']);
  });

  it('a dialect needs unit tests beside its contract test', () => {
    const files = filesOf({
      'src/adapters/dialects/morse/decode.ts': DOES,
      'test/contracts/dialects/morse.test.ts': RUNS_THE_SUITE,
    });
    expect(untestedFiles(files)).toEqual(['src/adapters/dialects/morse/decode.ts']);
  });

  it('ports, and adapters that their contract covers, need no unit test', () => {
    const files = filesOf({ 'src/application/ports/clock.ts': DOES, 'src/adapters/directories/attic/directory.ts': DOES });
    expect(untestedFiles(files)).toEqual([]);
  });

  it('the conformance suite needs unit tests, except for its cases', () => {
    const files = filesOf({ 'conformance/pool.ts': DOES, 'conformance/judge.ts': DOES, 'conformance/cases/ids.ts': DOES });
    const tests = filesOf({ 'test/unit/conformance/pool.test.ts': '', 'test/unit/judge.test.ts': '' });
    expect(untestedFiles([...files, ...tests])).toEqual(['conformance/judge.ts']);
  });

  it('the command line needs an end-to-end test', () => {
    expect(untestedFiles(filesOf({ 'src/composition/cli.ts': DOES }))).toEqual(['src/composition/cli.ts']);
    expect(untestedFiles(filesOf({ 'src/composition/cli.ts': DOES, 'test/e2e/cli.test.ts': '' }))).toEqual([]);
  });

  it('types and constants have no behaviour', () => {
    expect(hasBehaviour("import type { Millis } from './time.ts'; export type Span = Millis;")).toBe(false);
    expect(hasBehaviour('declare function sing(): void;')).toBe(false);
    expect(hasBehaviour('export interface Clock { now(): number } export const NEVER = Infinity;')).toBe(false);
    expect(hasBehaviour('export abstract class Clock { abstract now(): number; }')).toBe(false);
    expect(hasBehaviour('export class Sun { now(): number { return 0; } }')).toBe(true);
    expect(hasBehaviour('export const rows = { one: (n: number) => n };')).toBe(true);
  });
});

describe('every unit test has a source file', () => {
  it('in this repository', () => expect(strayTests(FILES)).toEqual([]));

  it('reports a test of a missing file of the conformance suite', () => {
    const tests = filesOf({ 'test/unit/conformance/pool.test.ts': '', 'test/unit/conformance/judge.test.ts': '' });
    expect(strayTests([...filesOf({ 'conformance/pool.ts': DOES }), ...tests])).toEqual(['test/unit/conformance/judge.test.ts']);
  });

  it('reports a test of a missing file', () => {
    const files = filesOf({ 'src/domain/sum.ts': DOES, 'test/unit/domain/sum.test.ts': '', 'test/unit/domain/rest.test.ts': '' });
    expect(strayTests(files)).toEqual(['test/unit/domain/rest.test.ts']);
  });
});
