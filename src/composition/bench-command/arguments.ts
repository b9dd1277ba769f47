import { parseArgs } from 'node:util';
import { isLoopback } from '../configuration/loopback.ts';
import { shown } from '../configuration/reading.ts';
import { MEASURE_NAMES, type BenchLoad, type BenchTarget, type MeasureName } from './load.ts';

/** Arguments that are not valid. The message is for the user. */
export class BenchUsageError extends Error {}

interface BenchOutput {
  /** Whether the standard output receives JSON instead of a table. */
  readonly json: boolean;
}

/** One server that is running. */
export interface SingleBench extends BenchLoad, BenchOutput {
  readonly target: BenchTarget;
  /** The process of the server, for its CPU time and memory. */
  readonly pid: number | undefined;
}

/** Two commands that start servers, in turns. */
export interface ComparedBench extends BenchLoad, BenchOutput {
  readonly commands: readonly [string, string];
  readonly rounds: number;
  /** The path of both brokers. */
  readonly prefix: string;
  readonly key: string;
}

const FLAGS = {
  pid: { type: 'string' },
  only: { type: 'string' },
  peers: { type: 'string' },
  idle: { type: 'string' },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  key: { type: 'string' },
  path: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  remote: { type: 'boolean' },
  compare: { type: 'boolean' },
} as const;

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 };
const MAX_PEERS = 20_000;
const MAX_SECONDS = 60;
const MAX_ROUNDS = 20;

/** @throws BenchUsageError */
export function readBenchArguments(args: readonly string[]): SingleBench | ComparedBench {
  const { values: flags, positionals } = parsed(args);
  const load = {
    measures: measuresOf(flags.only),
    peers: 2 * Math.ceil(count('peers', flags.peers ?? '200', MAX_PEERS) / 2),
    idlePeers: count('idle', flags.idle ?? '1000', MAX_PEERS),
    seconds: count('seconds', flags.seconds ?? '3', MAX_SECONDS),
    json: flags.json ?? false,
  };
  const key = flags.key ?? 'peerjs';
  if (flags.compare === true) {
    const rounds = count('rounds', flags.rounds ?? '3', MAX_ROUNDS);
    return { ...load, rounds, key, prefix: prefixOf(flags.path ?? '/'), commands: commandsOf(positionals) };
  }
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0) throw new BenchUsageError('give one URL, such as http://localhost:9000/');
  const target = { ...targetOf(url, flags.remote ?? false), key, token: flags.token };
  return { ...load, target, pid: flags.pid === undefined ? undefined : count('pid', flags.pid, Number.MAX_SAFE_INTEGER) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new BenchUsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, written: string, max: number): number {
  const value = Number(written);
  if (!/^\d+$/.test(written) || value < 1 || value > max) {
    throw new BenchUsageError(`--${name} is ${shown(written)}; it must be a whole number from 1 to ${max}`);
  }
  return value;
}

function measuresOf(written: string | undefined): readonly MeasureName[] {
  const names = written?.split(',') ?? MEASURE_NAMES;
  const unknown = names.find((name) => !MEASURE_NAMES.some((one) => one === name));
  if (unknown !== undefined) {
    throw new BenchUsageError(`--only has ${shown(unknown)}; it must be some of ${MEASURE_NAMES.join(', ')}`);
  }
  return MEASURE_NAMES.filter((name) => names.includes(name));
}

/** Load on a server of other people is an attack, so a remote target must be confirmed. */
function targetOf(written: string, isRemoteAllowed: boolean): Omit<BenchTarget, 'key' | 'token'> {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const usual = url === undefined ? undefined : PORTS[url.protocol];
  if (url === undefined || usual === undefined) {
    throw new BenchUsageError(`the target is ${shown(written)}; it must be a URL, such as http://localhost:9000/`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!isLoopback(host) && !isRemoteAllowed) {
    throw new BenchUsageError(
      `${host} is not this machine: add --remote if the server is yours, because the load may disturb its users`,
    );
  }
  return {
    host: host === 'localhost' ? '127.0.0.1' : host,
    port: url.port === '' ? usual : Number(url.port),
    isSecure: usual === PORTS['https:'],
    prefix: prefixOf(url.pathname),
  };
}

function prefixOf(path: string): string {
  return `/${path}`.replace(/^\/+/, '/').replace(/\/+$/, '');
}

function commandsOf(positionals: readonly string[]): readonly [string, string] {
  const [first, second, ...others] = positionals;
  if (first === undefined || second === undefined || others.length > 0) {
    throw new BenchUsageError('--compare needs two commands, each in quotes');
  }
  for (const command of [first, second]) {
    if (!command.includes('{port}')) throw new BenchUsageError(`the command ${shown(command)} has no placeholder {port}`);
  }
  return [first, second];
}
