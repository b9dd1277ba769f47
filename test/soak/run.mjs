/*
 * Attacks a broker for some time, beside a pair of peers that relay messages. Fails if the pair loses a message or its latency is
 * too high, if the broker ends, or if the broker uses more memory than documented. npm run test:soak -- [--minutes 45]
 * [--transport uws|node] [--p99 50] [--mib 1024]
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pair } from './pair.mjs';

const { values } = parseArgs({
  options: {
    // With the tests before it, the command takes at most an hour.
    minutes: { type: 'string', default: '45' },
    transport: { type: 'string', default: 'auto' },
    p99: { type: 'string', default: '50' },
    mib: { type: 'string', default: '1024' },
  },
});
const [minutes, maxP99, maxMib] = [Number(values.minutes), Number(values.p99), Number(values.mib)];
const CLI = join(import.meta.dirname, '../../dist/signalbox.js');
const MIB = 1024 * 1024;
const REPORT_EVERY_MS = 30_000;
const MINUTES_OF_A_ROUND = 3;

const broker = spawn(
  process.execPath,
  [
    CLI,
    ...['--host', '127.0.0.1', '--port', '0', '--transport', values.transport, '--log_format', 'json', '--log_level', 'info'],
    ...['--all', '--mercure_open', '--legacy_xhr'],
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const children = [broker];
// No process outlives this one, also after a failure.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => process.exit(code));
}
const log = { lines: 0, faults: [] };
const listening = new Promise((resolve) => readLines(broker.stdout, resolve));
const ended = once(broker, 'exit');
const { url } = await Promise.race([listening, ended.then(() => ({}))]);
if (url === undefined) throw new Error('the broker did not listen');
const port = Number(new URL(url).port);

const pair = new Pair(port);
await pair.start();
const attackers = fork(join(import.meta.dirname, 'attackers.mjs'), [String(port)]);
const attack = { rounds: 0, name: 'none', cut: [], hasEnded: false };
children.push(attackers);
// The attackers use the processor time that the measured processes leave, so that the figures show the broker, not the machine.
setPriority(attackers.pid, 10);
console.log(`processes: broker ${broker.pid} on port ${port}, attackers ${attackers.pid}`);
attackers.on('message', ({ name, cut }) => {
  if (name !== undefined) attack.name = name;
  else Object.assign(attack, { rounds: attack.rounds + 1, cut });
});
attackers.on('exit', () => (attack.hasEnded = true));

const memory = [0];
const endsAt = Date.now() + minutes * 60_000;
while (Date.now() < endsAt && broker.exitCode === null && pair.faults.length === 0) {
  await Promise.race([sleep(Math.min(REPORT_EVERY_MS, Math.max(0, endsAt - Date.now()))), ended]);
  if (broker.exitCode !== null) break;
  const mib = memoryOf(broker.pid);
  memory.push(mib);
  const { count, p50, p99, max } = pair.takeWindow();
  const left = Math.max(0, Math.round((endsAt - Date.now()) / 60_000));
  console.log(
    [
      `${left} min left, ${attack.rounds} rounds, now ${attack.name}: ${count} messages`,
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms`,
      `${mib} MiB, ${log.lines} log lines, ${log.faults.length} faults`,
      `cut in the last round: ${attack.cut.join(', ') || 'none'}`,
    ].join('; '),
  );
}
const attackersEnded = attack.hasEnded;
attackers.kill();
const { count, p50, p99, max } = await pair.stop();
const hasEnded = broker.exitCode !== null;
broker.kill('SIGTERM');
await ended;

const complaints = [
  ...pair.faults.slice(0, 5),
  ...(hasEnded ? ['the broker has ended'] : []),
  ...(attackersEnded ? ['the attackers have ended'] : []),
  ...(attack.rounds === 0 && minutes >= MINUTES_OF_A_ROUND ? ['no round of the attacks was completed'] : []),
  ...(log.faults.length > 0 ? [`${log.faults.length} faults in the log, the first: ${log.faults[0]}`] : []),
  ...(p99 > maxP99 ? [`the pair's p99 is ${p99.toFixed(1)} ms; at most ${maxP99} ms are allowed`] : []),
  ...(Math.max(...memory) > maxMib ? [`the broker took ${Math.max(...memory)} MiB; at most ${maxMib} MiB are allowed`] : []),
];
console.log(
  `${attack.rounds} rounds; ${count} messages of the pair: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms; at most ${Math.max(...memory)} MiB`,
);
for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function memoryOf(pid) {
  return Math.round((Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / MIB);
}

function readLines(stream, whenListening) {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      log.lines += 1;
      const entry = JSON.parse(line);
      if (entry.event === 'listening') whenListening(entry);
      if (entry.event === 'fault' || entry.event === 'crashed') log.faults.push(line);
    }
  });
}
