/* The benchmark: each server by itself, round by round. README.md explains the figures. */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import { readArguments, USAGE } from './arguments.mjs';
import { conditionLine, conditionsNow, isQuiet } from './conditions.mjs';
import { endAll } from './processes.mjs';
import { faultLines, goalLines, tables } from './report.mjs';
import { missingModules } from './servers.mjs';
import { summarize } from './summary.mjs';

const MISUSED = 2;
const INTERRUPTED = 130;
// A hanging run is ended after this time.
const LONGEST_RUN_MS = 45 * 60 * 1000;

const request = parsedArguments();
if (request.isHelp) console.log(USAGE);
else await run(request);

async function run({ isQuick, measures, servers, rounds, json }) {
  endWithParent();
  const startedAt = performance.now();
  const before = await conditionsNow();
  console.log(conditionLine(before));
  const measured = [];
  for (const measure of measures) measured.push(await measuredRounds(measure, { isQuick, servers, rounds }));
  const goals = goalLines(measured);
  if (goals.length > 0) console.log(`\n── goals\n${goals.map((line) => `   ${line}`).join('\n')}`);
  const faultCount = measured.reduce((sum, { faults }) => sum + faults.length, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const verdict = faultCount === 0 ? 'No message was lost, repeated, reordered or changed.' : `${faultCount} FAULTS: see above.`;
  const after = await conditionsNow();
  console.log(`\n${verdict} ${seconds} s`);
  if (isQuiet(before) && !isQuiet(after)) console.log(`Now ${conditionLine(after)}`);
  const all = { before, after, isQuick, seconds, measures: measured };
  if (json !== undefined) writeFileSync(json, JSON.stringify(all, undefined, 2));
  process.exitCode = faultCount === 0 ? 0 : 1;
}

/** All rounds of one measure. The servers take turns within a round; each round begins with the next one. */
async function measuredRounds(measure, { isQuick, servers, rounds }) {
  const subjects = measure.drivesServers ? chosen(measure, servers) : measure.subjects;
  const outcomes = new Map(subjects.map((subject) => [subject, []]));
  const faults = [];
  for (let round = 0; round < (rounds ?? measure.rounds[isQuick ? 'quick' : 'full']); round++) {
    for (const subject of rotated(subjects, round)) {
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${measure.name}, round ${round + 1}: ${subject}` : '');
      const outcome = await measure.once({ subject, isQuick });
      outcomes.get(subject).push(outcome);
      faults.push(...outcome.faults.map((fault) => ({ subject, round, ...fault })));
    }
  }
  process.stderr.write(process.stderr.isTTY ? '\r\x1b[K' : '');
  const figures = summarize(measure, outcomes);
  console.log(tables(measure.name, measure.title, figures));
  for (const fault of faults) console.log(faultLines(fault, `${fault.subject}, round ${fault.round + 1}`));
  return { name: measure.name, title: measure.title, figures, faults };
}

/** The requested subjects of the measure; faulty relays are subjects of every measure. */
function chosen({ subjects }, servers) {
  return servers.filter((server) => subjects.includes(server) || server.startsWith('faulty-'));
}

function rotated(subjects, by) {
  const first = by % Math.max(1, subjects.length);
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}

/** Kills all started processes at any end of the run. */
function endWithParent() {
  process.on('exit', endAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(INTERRUPTED));
  setTimeout(() => {
    console.error(`the run exceeds ${LONGEST_RUN_MS / 60_000} min and is ended`);
    process.exit(1);
  }, LONGEST_RUN_MS).unref();
}

function parsedArguments() {
  try {
    const all = readArguments(process.argv.slice(2));
    const names = all.measures.some(({ drivesServers }) => drivesServers) ? all.servers : [];
    const missing = missingModules(names);
    if (missing.length > 0 && !all.isHelp) throw new Error(`${missing.join(', ')} is missing: run npm install and npm run build`);
    return all;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(MISUSED);
  }
}
