/* Runs all checks, static ones first, and stops after the first step that fails. The last line is the sum of all tests. */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT, run, runNode, runScript, runVitest } from './run.mjs';

const sum = { passed: 0, failed: 0 };
/** One text for each failed test. They are printed last, because the output of a run has thousands of lines. */
const failures = [];
const reports = mkdtempSync(join(tmpdir(), 'signalbox-test-'));

/** Runs projects of vitest, and adds what passed and failed to the sum. */
async function vitest(projects, background, ...more) {
  const report = join(reports, `${projects[0]}.json`);
  const output = ['--reporter=json', `--outputFile.json=${report}`];
  // A page that is stale or missing fails.
  const readOnly = ['--update=none'];
  const tarball = packed();
  const environment = tarball === undefined ? {} : { SIGNALBOX_TARBALL: join(reports, tarball) };
  const args = [...projects.flatMap((name) => ['--project', name]), ...readOnly, ...output, ...more];
  const isGreen = await runVitest(process.execPath, args, environment, background);
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = read(report);
  sum.passed += numPassedTests;
  sum.failed += numFailedTests;
  failures.push(...testResults.flatMap(failuresOf));
  return isGreen && numPassedTests > 0;
}

/** Five times what the slowest test takes, because other tests are served first. */
const BACKGROUND_TIMEOUT_MS = 300_000;

/** Runs projects in the time that the tests beside them spend waiting. The output is shown at the end. */
async function vitestInBackground(projects) {
  const output = join(reports, 'background.txt');
  const log = openSync(output, 'w');
  const timeouts = [`--testTimeout=${BACKGROUND_TIMEOUT_MS}`, `--hookTimeout=${BACKGROUND_TIMEOUT_MS}`];
  const isGreen = await vitest(projects, { log }, ...timeouts);
  closeSync(log);
  console.log(readFileSync(output, 'utf8'));
  return isGreen;
}

/** The packed package, which many tests install. */
function packed() {
  return readdirSync(reports).find((name) => name.endsWith('.tgz'));
}

/** The failed tests of a file, or the error of the file itself: an import or a hook that fails has no test. */
function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  const path = relative(ROOT, name);
  if (failed.length === 0) return status === 'failed' ? [`${path}\n${excerpt(message)}`] : [];
  return failed.map((test) => `${path} > ${test.fullName}\n${excerpt(test.failureMessages.join('\n'))}`);
}

const EXCERPT_LINES = 12;
/** A frame of the test runner. */
const FOREIGN_FRAME = /^ +at .*node_modules/;

function excerpt(message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !FOREIGN_FRAME.test(line));
  return lines
    .slice(0, EXCERPT_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** An aborted run has no report. */
function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return {};
  }
}

/** Waits for all steps, which run at the same time. */
async function together(...steps) {
  const areGreen = await Promise.all(steps);
  return areGreen.every(Boolean);
}

const STATIC_CHECKS = ['typecheck', 'lint', 'format:check'];
/** For the checks in Go, which run beside the architecture tests: one thread each, and fewer garbage collections. */
const GO_SETTINGS = { GOMAXPROCS: '1', GOGC: '400' };
const STEPS = [
  [
    'types, lint, format and architecture',
    () => together(...STATIC_CHECKS.map((name) => runScript(name, GO_SETTINGS)), vitest(['architecture'])),
  ],
  ['engines for the tests', () => runNode(['scripts/ensure-engines.mjs'])],
  ['SQLite for the tests', () => runNode(['scripts/ensure-sqlite.mjs'])],
  ['frameworks of the recipes', () => runNode(['scripts/ensure-frameworks.mjs'])],
  ['build', () => runScript('build')],
  ['package', () => run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', reports])],
  ['Chromium for the end-to-end tests', () => runNode(['scripts/ensure-chromium.mjs'])],
  ['Firefox for the end-to-end tests', () => runNode(['scripts/ensure-firefox.mjs'])],
  ['aiortc for the end-to-end tests', () => runNode(['scripts/ensure-aiortc.mjs'])],
  ['Paho for the end-to-end tests', () => runNode(['scripts/ensure-paho.mjs'])],
  [
    'contracts and end to end, with unit and property beside',
    () => together(vitestInBackground(['unit', 'property']), vitest(['contracts', 'e2e'])),
  ],
];

async function stepsAreGreen() {
  for (const [i, [name, step]] of STEPS.entries()) {
    console.log(`\n── ${i + 1}/${STEPS.length} ${name}`);
    const startedAt = Date.now();
    const isGreen = await step();
    console.log(`── ${name}: ${isGreen ? 'ok' : 'FAILED'}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    if (!isGreen) return false;
  }
  return true;
}

const isGreen = await stepsAreGreen();
rmSync(reports, { recursive: true, force: true });
for (const failure of failures) console.log(`\nFAILED ${failure}`);
// A step that fails without a failed test (a type, a build, a browser or an engine that is missing) counts as one.
if (!isGreen) sum.failed = Math.max(sum.failed, 1);
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = isGreen ? 0 : 1;
