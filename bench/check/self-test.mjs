/*
 * Tests the checks of the benchmark: runs it against relays with one fault each, and expects exit code 1 and the name of
 * the fault. The bare relay has no fault and must pass.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../run.mjs', import.meta.url));

/** Server, measure, and the expected fault; undefined for a server without a fault. */
const CASES = [
  ['bare', 'relay', undefined],
  ['bare-batching', 'burst', undefined],
  ['faulty-drop', 'relay', 'lost'],
  ['faulty-drop', 'burst', 'skipped others'],
  ['faulty-duplicate', 'relay', 'repeated'],
  ['faulty-duplicate', 'burst', 'repeated'],
  ['faulty-reorder', 'burst', 'out of order'],
  ['faulty-spoof', 'relay', 'wrong src'],
  ['faulty-spoof', 'latency', 'wrong src'],
  ['faulty-misdirect', 'relay', 'at the wrong peer'],
  ['faulty-change', 'relay', 'changed'],
  ['faulty-garble', 'relay', 'not JSON'],
  ['faulty-forget', 'storm', 'lost'],
  ['faulty-mute', 'register', 'no OPEN'],
];

let failures = 0;
for (const [server, measure, fault] of CASES) {
  const { code, output } = await benchmark(server, measure);
  const isNamed = fault === undefined ? !output.includes('FAULT') : output.includes(`: ${fault} (`);
  const isAsExpected = isNamed && code === (fault === undefined ? 0 : 1);
  console.log(`${isAsExpected ? 'ok    ' : 'FAILED'} ${measure} on ${server}: ${fault ?? 'no fault'}`);
  if (isAsExpected) continue;
  failures += 1;
  console.log(`exit code ${code}\n${output}`);
}
console.log(failures === 0 ? `${CASES.length} ok` : `${failures} of ${CASES.length} FAILED`);
process.exitCode = failures === 0 ? 0 : 1;

async function benchmark(server, measure) {
  const args = [RUN, '--quick', '--rounds', '1', '--only', measure, '--servers', server];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  return { output: await text(child.stdout), code: await ended };
}
