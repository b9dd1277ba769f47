/* The servers under test: how each is started, and its features. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { end, startNode } from './processes.mjs';
import { METRICS_TOKEN, TOKEN_KEY } from './tokens.mjs';

const ROOT = new URL('../', import.meta.url);
const COLLECT = new URL('collect-on-demand.mjs', import.meta.url);
const EVENT_LOOP_TURNS = new URL('event-loop-turns.mjs', import.meta.url);
const NO_TELEMETRY = fileURLToPath(new URL('reference/no-telemetry.mjs', import.meta.url));
const HOST = '127.0.0.1';
const START_MS = 10_000;
/** A process under callgrind starts several times slower. It counts nothing until it is told to. */
const CALLGRIND = ['valgrind', '--tool=callgrind', '--instr-atstart=no', '--smc-check=all-non-file', '--callgrind-out-file=/dev/null'];
const COUNTED_START_MS = 120_000;

// No peer is refused or times out during a measurement.
const MANY = '1000000';
const SIGNALBOX = 'dist/signalbox.js';
const SIGNALBOX_LIMITS = [
  ...['--messages_per_second', MANY, '--message_burst', MANY],
  ...['--max_connections', '100000', '--max_connections_per_address', '100000', '--log_level', 'silent'],
];
const BROKER_LIMITS = ['--concurrent_limit', '100000', '--alive_timeout', '3600000', '--expire_timeout', '60000'];

const signalbox = (transport) => ({
  module: SIGNALBOX,
  args: ['--host', HOST, '--transport', transport, ...SIGNALBOX_LIMITS, ...BROKER_LIMITS],
  hasMailboxes: true,
});
/** Only peers with a token may connect. */
const withTokens = (server) => ({
  ...server,
  args: [...server.args, '--auth', 'required'],
  environment: { SIGNALBOX_AUTH_KEY: TOKEN_KEY },
});
/** Counts nothing. */
const withoutMetrics = (server) => ({ ...server, args: [...server.args, '--plugin', NO_TELEMETRY] });
/** Its metrics can be read at /metrics. */
const withMetrics = (server) => ({
  ...server,
  args: [...server.args, '--metrics_public'],
  environment: { SIGNALBOX_METRICS_TOKEN: METRICS_TOKEN },
});
const FAULTS = ['drop', 'duplicate', 'reorder', 'spoof', 'misdirect', 'change', 'garble', 'mute'];
const faulty = (fault, hasMailboxes = false) => ({
  module: 'bench/check/faulty-relay.mjs',
  args: ['--fault', fault],
  hasMailboxes,
});

/** By name. */
export const SERVERS = {
  'signalbox-uws': signalbox('uws'),
  'signalbox-node': signalbox('node'),
  'signalbox-uws-tokens': withTokens(signalbox('uws')),
  'signalbox-uws-none': withoutMetrics(signalbox('uws')),
  'signalbox-uws-scraped': withMetrics(signalbox('uws')),
  peer: { module: 'node_modules/peer/dist/bin/peerjs.js', args: ['--host', HOST, ...BROKER_LIMITS], hasMailboxes: true },
  bare: { module: 'bench/reference/bare-relay.mjs', args: [], hasMailboxes: false },
  'bare-batching': { module: 'bench/reference/bare-batching-relay.mjs', args: [], hasMailboxes: false },
  ...Object.fromEntries(FAULTS.map((fault) => [`faulty-${fault}`, faulty(fault)])),
  'faulty-forget': faulty('none', true),
};

/** The servers of a run by default. */
export const UNDER_TEST = ['signalbox-uws', 'signalbox-node', 'peer', 'bare', 'bare-batching'];

/** The servers of `token-storm`, whose peers have tokens, and of `metrics`. */
export const OF_ONE_MEASURE = ['signalbox-uws-tokens', 'signalbox-uws-none', 'signalbox-uws-scraped'];

/** @returns {string[]} the missing modules of these servers */
export function missingModules(names) {
  return [...new Set(names.map((name) => SERVERS[name].module))].filter((module) => !existsSync(new URL(module, ROOT)));
}

/**
 * @param {string} name
 * @param {{ isCollectable?: boolean, isWatched?: boolean, isCounted?: boolean,
 *   more?: Arguments | ((port: number) => Arguments) }} options
 * @typedef {readonly string[]} Arguments
 * `isCollectable`: allows `collect`; `isWatched`: allows `longestTurn`; `isCounted`: runs under callgrind, which counts
 * instructions; `more`: arguments, possibly with the port
 */
export async function startServer(name, { isCollectable = false, isWatched = false, isCounted = false, more = [] }) {
  const { module, args, hasMailboxes, environment } = SERVERS[name];
  const port = await freePort();
  const added = typeof more === 'function' ? more(port) : more;
  const watch = isWatched ? ['--import', EVENT_LOOP_TURNS.href] : [];
  const preload = isCollectable ? ['--expose-gc', '--import', COLLECT.href] : watch;
  const command = [...preload, fileURLToPath(new URL(module, ROOT)), '--port', String(port), ...args, ...added];
  // Other threads of V8 compile and collect garbage at different times in each run.
  const wrapped = isCounted ? { under: CALLGRIND, args: ['--single-threaded', ...command] } : { args: command };
  const child = startNode(wrapped.args, { cwd: ROOT, hasChannel: preload.length > 0, environment, under: wrapped.under });
  const server = new Server(child, port, hasMailboxes);
  await server.isUp(isCounted ? COUNTED_START_MS : START_MS);
  return server;
}

class Server {
  #child;
  #errorOutput = '';

  constructor(child, port, hasMailboxes) {
    this.#child = child;
    this.port = port;
    this.pid = child.pid;
    this.hasMailboxes = hasMailboxes;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errorOutput = `${this.#errorOutput}${text}`.slice(-2_000);
    });
  }

  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of its standard error output. */
  get errorOutput() {
    return this.#errorOutput.trim();
  }

  async isUp(patienceMs) {
    const deadline = Date.now() + patienceMs;
    while (!(await answers(this.port))) {
      if (!this.isAlive || Date.now() > deadline) throw new Error(`the server does not start: ${this.errorOutput}`);
      await pause(20);
    }
  }

  /** Resident memory in KB, as the kernel counts it. */
  residentKb() {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'latin1'))?.[1]);
  }

  /** Runs the garbage collector. @returns resident memory in KB, without the young generation */
  async collect() {
    this.#child.send('collect');
    const [{ youngKb }] = await once(this.#child, 'message');
    return this.residentKb() - youngKb;
  }

  /** The longest turn of its event loop since the last call, in ms of CPU time. */
  async longestTurn() {
    this.#child.send('turn');
    const [{ turnMs }] = await once(this.#child, 'message');
    return turnMs;
  }

  stop() {
    return end(this.#child);
  }
}

/** A free port. */
export async function freePort() {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Whether a server listens on the port. */
export function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
