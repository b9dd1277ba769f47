/* From the outcomes of all rounds to medians, ratios and verdicts. */
import { GOAL_SUBJECT } from './measures.mjs';
import { lowerQuartile, median } from './statistics.mjs';

/**
 * @typedef {object} Ratio of medians; all others are of single rounds, paired by round
 * @property {string} to
 * @property {number} value
 * @property {number | undefined} quiet of the quiet figures
 * @property {number} lowest @property {number} highest
 * @property {number | undefined} goal
 * @property {'met' | 'unclear' | 'missed' | undefined} verdict `unclear`: over the goal, but not in every round
 *
 * @typedef {object} Row
 * @property {string} subject
 * @property {number} median @property {number} min @property {number} max
 * @property {number | undefined} quiet the lower quartile of the slices, lowest over the rounds
 * @property {number[]} rounds
 * @property {Ratio[]} ratios
 * @property {{ most: number, verdict: 'met' | 'unclear' | 'missed' } | undefined} goal on the figure itself
 * @property {{ server?: number, generator: number } | undefined} busy the maximum over all rounds, in cores
 */

/**
 * @param {import('./measures.mjs').Measure} measure
 * @param {Map<string, import('./trial.mjs').Outcome[]>} outcomes by subject, in the order of the rounds
 */
export function summarize(measure, outcomes) {
  return measure.figures.map((figure) => {
    const rows = [];
    for (const [subject, all] of outcomes) {
      const row = rowOf(figure, subject, all);
      if (row !== undefined) rows.push(row);
    }
    for (const row of rows) row.ratios = ratiosOf(figure, row, rows);
    return { ...figure, rows };
  });
}

/** @returns {Row | undefined} undefined if no round has a value */
function rowOf(figure, subject, outcomes) {
  const rounds = outcomes.map(({ values }) => values[figure.name] ?? Number.NaN);
  const valid = rounds.filter(Number.isFinite);
  if (valid.length === 0) return undefined;
  const quiet = outcomes.map(({ slices }) => slices?.[figure.name] ?? []).filter(({ length }) => length > 0);
  const middle = median(valid);
  const most = hasGoal(figure, subject) ? figure.most : undefined;
  return {
    subject,
    median: middle,
    min: Math.min(...valid),
    max: Math.max(...valid),
    quiet: quiet.length === 0 ? undefined : Math.min(...quiet.map(lowerQuartile)),
    rounds,
    ratios: [],
    goal: most === undefined ? undefined : { most, verdict: verdictOn(most, middle, Math.min(...valid)) },
    busy: busiest(outcomes.flatMap(({ busy }) => busy ?? [])),
  };
}

/** @returns {Ratio[]} */
function ratiosOf(figure, row, rows) {
  return figure.references.flatMap((to) => {
    const reference = rows.find(({ subject }) => subject === to);
    if (reference === undefined || to === row.subject) return [];
    const value = row.median / reference.median;
    const paired = row.rounds.map((round, i) => round / reference.rounds[i]).filter(Number.isFinite);
    const lowest = Math.min(value, ...paired);
    const goal = hasGoal(figure, row.subject) ? figure.goals[to] : undefined;
    const quiet = row.quiet === undefined || reference.quiet === undefined ? undefined : row.quiet / reference.quiet;
    const verdict = goal === undefined ? undefined : verdictOn(goal, value, lowest);
    return [{ to, value, quiet, lowest, highest: Math.max(value, ...paired), goal, verdict }];
  });
}

function verdictOn(goal, value, lowest) {
  if (value <= goal) return 'met';
  return lowest <= goal ? 'unclear' : 'missed';
}

function busiest(all) {
  if (all.length === 0) return undefined;
  const servers = all.flatMap(({ server }) => server ?? []);
  const generator = Math.max(...all.map((busy) => busy.generator));
  return servers.length === 0 ? { generator } : { server: Math.max(...servers), generator };
}

function hasGoal({ goalSubject = GOAL_SUBJECT }, subject) {
  return [goalSubject].flat().includes(subject);
}
