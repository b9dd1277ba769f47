/* Runs the tests that depend on Node with every supported version, and prints a table. */
import { execFileSync } from 'node:child_process';
import { ROOT, runScript, runVitest } from './run.mjs';

const NODES = ['20', '22', '24', '26'];
/** Versions without a build in the uWebSockets.js of the tests: the node transport is used instead. */
const WITHOUT_UWS = new Set(['24', '26']);

function nodeBinary(major) {
  const ask = ['-y', '-p', `node@${major}`, 'node', '-p', 'process.execPath'];
  return execFileSync('npx', ask, { cwd: ROOT, encoding: 'utf8' }).trim();
}

function loadsUws(node) {
  try {
    execFileSync(node, ['-e', "import('uWebSockets.js').catch(() => process.exit(1))"], { cwd: ROOT, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function tryNode(major) {
  const node = nodeBinary(major);
  const uws = loadsUws(node);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\n── ${version}, uWebSockets.js ${uws ? 'loads' : 'does not load'}`);
  const leftOut = uws ? [] : ['--exclude', '**/*uws*.test.ts'];
  const vitest = (...args) => runVitest(node, [...args, ...leftOut]);
  const inProcess = await vitest('--project', 'unit', '--project', 'contracts');
  const asProcess = await vitest('--project', 'e2e', 'test/e2e/conformance/signalbox');
  const installed = await vitest('--project', 'e2e', 'test/e2e/package');
  const asPeer = await vitest('--project', 'e2e', 'test/e2e/examples/echo', '--testNamePattern', 'examples/server-peer');
  const isExpected = uws !== WITHOUT_UWS.has(major);
  return {
    version,
    uws,
    'uws as expected': isExpected,
    'unit, contracts': inProcess,
    conformance: asProcess,
    'server peer': asPeer,
    'installed package': installed,
  };
}

if (!(await runScript('build'))) process.exit(1);

const rows = [];
for (const major of NODES) rows.push(await tryNode(major));
console.log();
console.table(rows);
const isGreen = rows.every(
  (row) => row['uws as expected'] && row['unit, contracts'] && row.conformance && row['server peer'] && row['installed package'],
);
process.exitCode = isGreen ? 0 : 1;
