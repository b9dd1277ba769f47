/*
 * Counts the instructions of a relay, a relay in a burst, a registration and a delivery of a publication, in relation to a
 * relay of the bare relay. Exit code 1 if one is more than 10 % above its recorded ratio.
 * npm run bench:cost -- [--only relay] [--record]
 * With --servers, compares servers with the last one instead.
 * npm run bench:cost -- --servers signalbox-node,peer --only relay --only 'connect and close'
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endAll } from './processes.mjs';
import { SERVERS } from './servers.mjs';
import { trial } from './trial.mjs';

const BASELINE = new URL('cost-baseline.json', import.meta.url);
/** More than this share of the recorded ratio fails. */
const TOLERANCE = 1.1;

const RELAY = { peers: 100, warmUpMs: 12_000, slices: 5, sliceMs: 1_000 };
const REGISTER = { cycles: 6_000, warmUp: 300, count: 1_200, sliceMs: 500 };
const CHURN = { warmUpMs: 15_000, slices: 6, sliceMs: 2_000 };
const TOPICS = ['--dialects', 'centrifuge', '--mercure_open', '--history_messages', '0'];

/** By name: the scenario of the generator, its options, and the arguments of the broker. */
const OPERATIONS = {
  relay: { scenario: 'relay', options: { ...RELAY, depth: 1 } },
  'relay in a burst of eight': { scenario: 'relay', options: { ...RELAY, depth: 8 } },
  registration: { scenario: 'register', options: REGISTER },
  'connect and close': { scenario: 'churn', options: CHURN },
  'delivery of a publication': {
    scenario: 'publish',
    options: { wire: 'centrifuge', listeners: 100, depth: 8, warmUpMs: 12_000, slices: 5, sliceMs: 1_000 },
    more: TOPICS,
  },
};

const recorded = JSON.parse(readFileSync(BASELINE, 'utf8'));
const { values } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(recorded) },
    servers: { type: 'string' },
  },
});
for (const name of values.only) {
  if (OPERATIONS[name] === undefined) misused(`--only is ${name}; it must be ${Object.keys(OPERATIONS).join(', ')}`);
}
const compared = values.servers?.split(',') ?? [];
for (const name of compared) {
  if (SERVERS[name] === undefined) misused(`--servers has ${name}; it must be of ${Object.keys(SERVERS).join(', ')}`);
}
if (spawnSync('valgrind', ['--version']).error !== undefined) misused('valgrind is not installed: apt-get install valgrind');
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

if (compared.length > 0) await compare(compared);
else process.exitCode = (await isDearer()) ? 1 : 0;

async function isDearer() {
  const bare = await instructionsEach('bare', OPERATIONS.relay);
  console.log(`bare relay: ${Math.round(bare)} instructions`);
  const measured = {};
  let isAnyOver = false;
  for (const name of values.only) {
    const each = await instructionsEach('signalbox-uws', OPERATIONS[name]);
    const ratio = each / bare;
    measured[name] = Number(ratio.toFixed(2));
    const isOver = !values.record && ratio > recorded[name] * TOLERANCE;
    isAnyOver ||= isOver;
    const verdict = `recorded ${recorded[name] ?? 'nothing'}${isOver ? ': MORE THAN 10 % DEARER' : ''}`;
    console.log(`${name}: ${Math.round(each)} instructions, ${ratio.toFixed(2)} × bare relay, ${verdict}`);
  }
  if (values.record) writeFileSync(BASELINE, `${JSON.stringify({ ...recorded, ...measured }, undefined, 2)}\n`);
  return isAnyOver;
}

async function compare(servers) {
  for (const name of values.only) {
    const each = [];
    for (const server of servers) each.push(await instructionsEach(server, OPERATIONS[name]));
    for (const [at, server] of servers.entries()) {
      const ratio = (each[at] / each.at(-1)).toFixed(2);
      console.log(`${name}, ${server}: ${Math.round(each[at])} instructions, ${ratio} × ${servers.at(-1)}`);
    }
  }
}

function misused(why) {
  console.error(`bench:cost: ${why}`);
  process.exit(2);
}

/** A load that ends: a slice may have the work of one operation, and the end of another. */
function inAll(slices) {
  const sum = (key) => slices.reduce((before, slice) => before + slice[key], 0);
  return sum('instructions') / sum('count');
}

/** A steady load: the other slices may have a full garbage collection. */
function lowest(slices) {
  return Math.min(...slices.filter(({ count }) => count > 0).map(({ instructions, count }) => instructions / count));
}

/** @throws Error if a message was lost or changed, or valgrind is not installed */
async function instructionsEach(server, { scenario, options, more }) {
  const { values: found, faults } = await trial(
    server,
    async ({ server: { port, pid }, generator }) => {
      const slices = await generator.play(scenario, { port, pid, isCounted: true, ...options }, 600_000);
      return { values: { each: scenario === 'register' ? inAll(slices) : lowest(slices) } };
    },
    { isCounted: true, ...(more === undefined ? {} : { more }) },
  );
  if (faults.length > 0) throw new Error(`${scenario} on ${server}: ${JSON.stringify(faults)}`);
  return found.each;
}
