/* The cost of workers that share a port: one process, and two workers with their primary process. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Generator } from '../generator/start.mjs';
import { startServer } from '../servers.mjs';
import { microsecondsEach } from '../trial.mjs';
import { figure } from './figure.mjs';

const PEERS = 300;
const FULL = { warmUpMs: 1_000, slices: 5, sliceMs: 500 };
const QUICK = { warmUpMs: 300, slices: 2, sliceMs: 250 };
const FULL_REGISTER = { cycles: 2_000, warmUp: 500, count: 4_000, sliceMs: 500 };
const QUICK_REGISTER = { cycles: 300, warmUp: 100, count: 600, sliceMs: 250 };
const START_MS = 20_000;

const fileOf = (name) => fileURLToPath(new URL(`../../test/support/tls/${name}`, import.meta.url));
const TLS = ['--sslkey', fileOf('localhost.key'), '--sslcert', fileOf('localhost.crt')];

/** By name: the number of workers, and whether the port has TLS. */
const BROKERS = {
  'one process': { workers: 1, isSecure: false },
  '2 workers': { workers: 2, isSecure: false },
  'TLS, one process': { workers: 1, isSecure: true },
  'TLS, 2 workers': { workers: 2, isSecure: true },
};

const references = ['one process', 'TLS, one process'];

export const workers = {
  name: 'workers',
  title: `${PEERS} peers in pairs at one process, or at two workers, where half of the pairs are at different ones`,
  subjects: Object.keys(BROKERS),
  drivesServers: false,
  rounds: { full: 5, quick: 1 },
  figures: [
    figure({ name: 'relay', title: 'CPU of all processes per relay, one in flight', unit: 'µs', digits: 1, references }),
    figure({ name: 'burst', title: 'the same, eight in flight', unit: 'µs', digits: 1, references }),
    figure({ name: 'primary', title: 'share of the primary process, eight in flight', unit: 'µs', digits: 1, references: [] }),
    figure({ name: 'register', title: 'CPU of all processes per registration', unit: 'µs', digits: 1, references }),
    figure({ name: 'perSecond', title: 'registrations per ms', unit: '', digits: 2, references }),
  ],
  async once({ subject, isQuick }) {
    const span = isQuick ? QUICK : FULL;
    const faults = [];
    const started = [];
    try {
      const { port, pids, primary } = await start(BROKERS[subject], started);
      const play = async (scenario, more, pid = pids) => {
        const generator = new Generator();
        started.push(generator);
        const slices = await generator.play(scenario, { port, pid, ...more });
        faults.push(...generator.faults);
        await generator.stop();
        return { ...microsecondsEach(slices), rate: sum(slices, 'count') / sum(slices, 'ms') };
      };
      const relay = await play('relay', { peers: PEERS, depth: 1, ...span });
      const burst = await play('relay', { peers: PEERS, depth: 8, ...span });
      const share = primary === undefined ? undefined : await play('relay', { peers: PEERS, depth: 8, ...span }, primary);
      const register = await play('register', isQuick ? QUICK_REGISTER : FULL_REGISTER);
      const values = { relay: relay.value, burst: burst.value, register: register.value, perSecond: register.rate };
      return {
        values: { ...values, primary: share?.value ?? 0 },
        slices: { relay: relay.slices, burst: burst.slices, register: register.slices },
        busy: burst.busy,
        faults,
      };
    } catch (error) {
      return { values: {}, faults: [...faults, { kind: 'aborted', count: 1, examples: [String(error)] }] };
    } finally {
      await Promise.all(started.map((one) => one.stop()));
    }
  },
};

async function start({ workers: count, isSecure }, started) {
  const server = await startServer('signalbox-uws', { more: ['--workers', String(count), ...(isSecure ? TLS : [])] });
  started.push(server);
  const { port, pid } = server;
  if (count === 1) return { port: { port, isSecure }, pids: [pid], primary: undefined };
  const deadline = Date.now() + START_MS;
  while (listenersOf(port) < count) {
    if (Date.now() > deadline) throw new Error('the workers do not listen');
    await pause(20);
  }
  return { port: { port, isSecure }, pids: [pid, ...childrenOf(pid)], primary: pid };
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);
}

/** The sockets that listen on the port: one for each worker. */
function listenersOf(port) {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n').map((line) => line.trim().split(/\s+/));
  return lines.filter(([, local = '', , state]) => local.endsWith(address) && state === '0A').length;
}

function sum(slices, of) {
  return slices.reduce((total, slice) => total + slice[of], 0);
}
