/* The report as text tables. */

const VERDICT_MARKS = { met: 'met', unclear: 'UNCLEAR', missed: 'MISSED' };

/** @param {ReturnType<typeof import('./summary.mjs').summarize>} figures */
export function tables(name, title, figures) {
  return [`\n── ${name}: ${title}`, ...figures.filter(({ rows }) => rows.length > 0).map(tableOf)].join('\n');
}

/** @param {{ kind: string, count: number, examples: string[] }} fault @param {string} where */
export function faultLines({ kind, count, examples }, where) {
  return [`   FAULT ${where}: ${kind} (${count}×)`, ...examples.map((one) => `      ${one}`)].join('\n');
}

/** One line for each goal. */
export function goalLines(measured) {
  return measured.flatMap(({ name, figures }) => figures.flatMap((figure) => goalsOf(name, figure)));
}

function goalsOf(name, { title, unit, digits, rows }) {
  return rows.flatMap(({ median, goal, ratios }) => {
    const lines = ratios
      .filter(({ verdict }) => verdict !== undefined)
      .map((ratio) => {
        const { to, goal: most, verdict } = ratio;
        return `${mark(verdict)} ${name}: ${title} ${ratioText(ratio)} × ${to}, goal ≤ ${most.toFixed(2)}`;
      });
    if (goal === undefined) return lines;
    return [`${mark(goal.verdict)} ${name}: ${title} ${median.toFixed(digits)} ${unit}, goal ≤ ${goal.most} ${unit}`, ...lines];
  });
}

function mark(verdict) {
  return VERDICT_MARKS[verdict].padEnd(8);
}

function tableOf({ title, unit, digits, references, rows }) {
  const columns = [
    ['', ({ subject }) => subject],
    ['median', ({ median, goal }) => `${median.toFixed(digits)}${goalText(goal?.most.toString(), goal?.verdict)}`],
    ['[quiet]', ({ quiet }) => (quiet === undefined ? '' : `[${quiet.toFixed(digits)}]`)],
    ['min', ({ min }) => min.toFixed(digits)],
    ['max', ({ max }) => max.toFixed(digits)],
    ...references.map((to) => [`× ${to}`, ({ ratios }) => ratioCell(ratios.find((ratio) => ratio.to === to))]),
    ['server, cores', ({ busy }) => busy?.server?.toFixed(2) ?? ''],
    ['generator, cores', ({ busy }) => busy?.generator.toFixed(2) ?? ''],
  ];
  const filled = columns
    .map(([head, cell]) => [head, ...rows.map(cell)])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ''));
  return `${title}, ${unit}\n${aligned(filled)}`;
}

function ratioCell(ratio) {
  return ratio === undefined ? '' : `${ratioText(ratio)}${goalText(ratio.goal?.toFixed(2), ratio.verdict)}`;
}

function ratioText({ value, quiet }) {
  return quiet === undefined ? value.toFixed(2) : `${value.toFixed(2)} [${quiet.toFixed(2)}]`;
}

function goalText(most, verdict) {
  return most === undefined ? '' : ` (≤ ${most} ${VERDICT_MARKS[verdict]})`;
}

function aligned(columns) {
  const padded = columns.map((cells, i) => {
    const width = Math.max(...cells.map(({ length }) => length));
    return cells.map((cell) => (i === 0 ? cell.padEnd(width) : cell.padStart(width)));
  });
  const [first] = padded;
  return first.map((_, row) => `   ${padded.map((cells) => cells[row]).join('  ')}`.trimEnd()).join('\n');
}
