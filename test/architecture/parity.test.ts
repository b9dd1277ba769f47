import { describe, expect, it } from 'vitest';
import { hasBehaviour, strayTests, unprovenAdapters, untestedFiles } from './parity.ts';
import { filesUnder, type SourceFile } from './tree.ts';

const HOUSE = ['src', 'conformance', 'test'].flatMap((folder) => filesUnder(folder, /\.ts$/));

function house(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

const RUNS_THE_SUITE = "import { clockContract } from './contract.ts';";
const DOES = 'export const twice = (n: number): number => 2 * n;';

describe('every adapter runs the suite of its port', () => {
  it('in this house', () => expect(unprovenAdapters(HOUSE)).toEqual([]));

  it('a file that does', () => {
    const files = house({ 'src/adapters/clocks/sun.ts': DOES, 'test/contracts/clocks/sun.test.ts': RUNS_THE_SUITE });
    expect(unprovenAdapters(files)).toEqual([]);
  });

  it('a folder that does, beside what it shares', () => {
    const files = house({
      'src/adapters/transports/pigeon/wing.ts': DOES,
      'src/adapters/transports/pigeon/beak.ts': DOES,
      'src/adapters/transports/shared/feather.ts': DOES,
      'test/contracts/transports/pigeon.test.ts': RUNS_THE_SUITE,
    });
    expect(unprovenAdapters(files)).toEqual([]);
  });

  it('one without a test is found', () => {
    const [complaint] = unprovenAdapters(house({ 'src/adapters/clocks/sun.ts': DOES }));
    expect(complaint).toContain('test/contracts/clocks/sun.test.ts');
  });

  it('one whose test is of its own making is found', () => {
    const files = house({ 'src/adapters/clocks/sun.ts': DOES, 'test/contracts/clocks/sun.test.ts': "it('shines', () => {});" });
    expect(unprovenAdapters(files)).toHaveLength(1);
  });

  it('a port that nobody has thought of is found', () => {
    expect(unprovenAdapters(house({ 'src/adapters/moons/full.ts': DOES }))).toEqual([
      'adapters/moons: say in parity.ts what proves the adapters of this port',
    ]);
  });
});

describe('every file that does something has a test of its own', () => {
  it('in this house', () => expect(untestedFiles(HOUSE)).toEqual([]));

  it('one with a test, whole or by aspects', () => {
    const files = house({
      'src/domain/sum.ts': DOES,
      'test/unit/domain/sum.test.ts': '',
      'src/domain/product.ts': DOES,
      'test/unit/domain/product.of-nothing.test.ts': '',
    });
    expect(untestedFiles(files)).toEqual([]);
  });

  it('one without is found', () => expect(untestedFiles(house({ 'src/domain/sum.ts': DOES }))).toEqual(['src/domain/sum.ts']));

  it('a test elsewhere does not count', () => {
    const files = house({ 'src/domain/sum.ts': DOES, 'test/unit/sum.test.ts': '', 'test/unit/domain/summary.test.ts': '' });
    expect(untestedFiles(files)).toEqual(['src/domain/sum.ts']);
  });

  it('what a dialect reads and says is its own, its contract aside', () => {
    const files = house({
      'src/adapters/dialects/morse/decode.ts': DOES,
      'test/contracts/dialects/morse.test.ts': RUNS_THE_SUITE,
    });
    expect(untestedFiles(files)).toEqual(['src/adapters/dialects/morse/decode.ts']);
  });

  it('ports, and adapters that their contract proves whole, need none', () => {
    const files = house({ 'src/application/ports/clock.ts': DOES, 'src/adapters/directories/attic/directory.ts': DOES });
    expect(untestedFiles(files)).toEqual([]);
  });

  it('the suite is proven file by file, its cases by servers', () => {
    const files = house({ 'conformance/pool.ts': DOES, 'conformance/judge.ts': DOES, 'conformance/cases/ids.ts': DOES });
    const tests = house({ 'test/unit/conformance/pool.test.ts': '', 'test/unit/judge.test.ts': '' });
    expect(untestedFiles([...files, ...tests])).toEqual(['conformance/judge.ts']);
  });

  it('the command line is started', () => {
    expect(untestedFiles(house({ 'src/composition/cli.ts': DOES }))).toEqual(['src/composition/cli.ts']);
    expect(untestedFiles(house({ 'src/composition/cli.ts': DOES, 'test/e2e/cli.test.ts': '' }))).toEqual([]);
  });

  it('types and constants do nothing', () => {
    expect(hasBehaviour("import type { Millis } from './time.ts'; export type Span = Millis;")).toBe(false);
    expect(hasBehaviour('declare function sing(): void;')).toBe(false);
    expect(hasBehaviour('export interface Clock { now(): number } export const NEVER = Infinity;')).toBe(false);
    expect(hasBehaviour('export abstract class Clock { abstract now(): number; }')).toBe(false);
    expect(hasBehaviour('export class Sun { now(): number { return 0; } }')).toBe(true);
    expect(hasBehaviour('export const rows = { one: (n: number) => n };')).toBe(true);
  });
});

describe('no unit test outlives its file', () => {
  it('in this house', () => expect(strayTests(HOUSE)).toEqual([]));

  it('one of the suite that does is found', () => {
    const tests = house({ 'test/unit/conformance/pool.test.ts': '', 'test/unit/conformance/judge.test.ts': '' });
    expect(strayTests([...house({ 'conformance/pool.ts': DOES }), ...tests])).toEqual(['test/unit/conformance/judge.test.ts']);
  });

  it('one that does is found', () => {
    const files = house({ 'src/domain/sum.ts': DOES, 'test/unit/domain/sum.test.ts': '', 'test/unit/domain/rest.test.ts': '' });
    expect(strayTests(files)).toEqual(['test/unit/domain/rest.test.ts']);
  });
});
