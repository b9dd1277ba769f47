import type { BenchFault, Figure } from './figures.ts';

const EXAMPLE_LENGTH = 160;

/** One line for each figure. */
export function figureTable(figures: readonly Figure[]): string {
  return table(figures.map((figure) => [figure.title, valueOf(figure)]));
}

/** The medians of both commands, and the second in parts of the first. */
export function comparisonTable(first: readonly Figure[], second: readonly Figure[]): string {
  const rows = first.flatMap((figure) => {
    const other = second.find(({ name }) => name === figure.name);
    if (other === undefined) return [];
    return [[figure.title, valueOf(figure), valueOf(other), ratioOf(figure, other)]];
  });
  return table([['median', 'A', 'B', 'B / A'], ...rows]);
}

/** The median of each figure. @param rounds the figures of each round. */
export function medians(rounds: readonly (readonly Figure[])[]): Figure[] {
  const [first = []] = rounds;
  return first.map((figure) => {
    const values = rounds
      .flatMap((figures) => figures.filter(({ name }) => name === figure.name).map(({ value }) => value))
      .sort((one, other) => one - other);
    const [low = 0, high = low] = [values[(values.length - 1) >> 1], values[values.length >> 1]];
    return { ...figure, value: (low + high) / 2 };
  });
}

/** One line for each kind of fault, with the next step for limits of the broker. */
export function faultLines(faults: readonly BenchFault[]): string {
  return faults
    .flatMap(({ kind, count, examples }) => [
      `${count} × ${kind}: ${examples[0]?.slice(0, EXAMPLE_LENGTH) ?? ''}`,
      ...hintsFor(examples[0] ?? ''),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function hintsFor(example: string): string[] {
  if (example.includes('closed with 1008')) {
    return ['  The rate limit of a peer was exceeded: use more --peers, or raise messages_per_second of the broker.'];
  }
  if (/ 429| 503/.test(example)) return ['  A limit of connections was reached: use fewer --peers, or raise it.'];
  return example.includes('ECONNREFUSED') ? ['  No server listens there.'] : [];
}

function valueOf({ value, unit }: Figure): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === '/s' ? '' : ' '}${unit}`;
}

function ratioOf({ value }: Figure, { value: other }: Figure): string {
  return value === 0 ? '' : (other / value).toFixed(2);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
  return lines.map((line) => `${line}\n`).join('');
}
