import type { CaseResult, RunResult } from '../results.ts';

/** One run in a report. */
export interface Column {
  /** A short unique label: `A`, `B`. */
  readonly tag: string;
  /** A unique name, even if two servers have the same one. */
  readonly name: string;
  readonly run: RunResult;
}

/** One case with its result in each run. */
export interface Row {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  /** One result per column; undefined if the run did not include the case. */
  readonly cells: readonly (CaseResult | undefined)[];
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Merges runs. A case that only later runs include is inserted after its predecessor there. */
export function matrixOf(runs: readonly RunResult[]): Matrix {
  const found = runs.map(({ cases }) => new Map(cases.map((one) => [one.id, one])));
  const rows = mergedIds(runs).flatMap((id): Row[] => {
    const cells = found.map((cases) => cases.get(id));
    const known = cells.find((cell) => cell !== undefined);
    return known === undefined ? [] : [{ id, rule: known.rule, title: known.title, cells }];
  });
  return { columns: columnsOf(runs), rows };
}

function mergedIds(runs: readonly RunResult[]): readonly string[] {
  const [first, ...others] = runs.map(({ cases }) => cases.map(({ id }) => id));
  return others.reduce((known, ids) => merged(known, ids), [...new Set(first)]);
}

function merged(known: readonly string[], ids: readonly string[]): string[] {
  const isKnown = new Set(known);
  const newOnes = new Map<string | undefined, string[]>();
  let last: string | undefined;
  for (const id of new Set(ids)) {
    if (isKnown.has(id)) last = id;
    else newOnes.set(last, [...(newOnes.get(last) ?? []), id]);
  }
  return [...(newOnes.get(undefined) ?? []), ...known.flatMap((id) => [id, ...(newOnes.get(id) ?? [])])];
}

function columnsOf(runs: readonly RunResult[]): Column[] {
  const taken = new Map<string, number>();
  return runs.map((run, n) => {
    const count = (taken.get(run.server) ?? 0) + 1;
    taken.set(run.server, count);
    return { tag: tagOf(n), name: count === 1 ? run.server : `${run.server} (${count})`, run };
  });
}

/** A, B, … Z, AA, AB. */
function tagOf(n: number): string {
  const letter = String.fromCharCode(65 + (n % 26));
  return n < 26 ? letter : tagOf(Math.floor(n / 26) - 1) + letter;
}
