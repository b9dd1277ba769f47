import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../conformance/report/matrix.ts';
import { sampleCase, sampleRun } from './sample-runs.ts';

const run = (...ids: string[]) => sampleRun(ids.map((id) => sampleCase(id)));
const idsOf = (...runs: ReturnType<typeof run>[]) => matrixOf(runs).rows.map(({ id }) => id);

describe('a matrix', () => {
  it('has a row for each case of any run, and a gap for a missing result', () => {
    const { rows } = matrixOf([run('H1.a', 'M1.a'), run('M1.a', 'M2.a')]);
    expect(rows.map(({ id, cells }) => [id, ...cells.map((cell) => cell?.verdict)])).toEqual([
      ['H1.a', 'ok', undefined],
      ['M1.a', 'ok', 'ok'],
      ['M2.a', undefined, 'ok'],
    ]);
  });

  it('keeps the order of the first run, and inserts a new case after its predecessor', () => {
    expect(idsOf(run('a', 'b', 'c'), run('n1', 'c', 'n2', 'b', 'n3', 'n4'))).toEqual(['n1', 'a', 'b', 'n3', 'n4', 'c', 'n2']);
    expect(idsOf(run(), run('a', 'b'))).toEqual(['a', 'b']);
  });

  it('includes each case once, even if a run has duplicates', () => {
    expect(idsOf(run('a', 'a', 'b'), run('c', 'c'))).toEqual(['c', 'a', 'b']);
  });

  it('numbers servers with the same name', () => {
    const { columns } = matrixOf([sampleRun([], 'one'), sampleRun([], 'other'), sampleRun([], 'one')]);
    expect(columns.map(({ tag, name }) => `${tag} ${name}`)).toEqual(['A one', 'B other', 'C one (2)']);
  });

  it('has tags for more than 26 servers', () => {
    const { columns } = matrixOf(Array.from({ length: 54 }, (_, n) => sampleRun([], `server ${n}`)));
    expect([0, 25, 26, 51, 52].map((n) => columns[n]?.tag)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA']);
  });
});
