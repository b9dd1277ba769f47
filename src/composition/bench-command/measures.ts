import type { Figure, MeasureOutcome } from './figures.ts';
import { withGenerator } from './generator.ts';
import type { BenchLoad, BenchTarget, MeasureName } from './load.ts';
import { residentBytes } from './resident-memory.ts';

/** The server under test, and its process if it is on this machine. */
export interface BenchSubject {
  readonly target: BenchTarget;
  readonly pid: number | undefined;
}

interface Slice {
  readonly count: number;
  readonly serverNs: number;
  readonly ms: number;
}

const SLICE_MS = 500;
const WARM_UP_MS = 500;
const LATENCY_PER_SECOND = 1_000;
const LATENCY_PEERS = 100;
/** Peers that connect before the memory of the server is read first. */
const FIRST_IDLE_PEERS = 100;
const KIB = 1024;
const MIB = KIB * KIB;

type Measure = (subject: BenchSubject, load: BenchLoad) => Promise<MeasureOutcome>;

const MEASURES: Readonly<Record<MeasureName, Measure>> = { relay, latency, churn, idle };

/** Runs one measure with a generator process of its own. @throws Error if the generator fails. */
export function measure(name: MeasureName, subject: BenchSubject, load: BenchLoad): Promise<MeasureOutcome> {
  return MEASURES[name](subject, load);
}

function relay(subject: BenchSubject, { peers, seconds }: BenchLoad): Promise<MeasureOutcome> {
  return withGenerator(async (play) => {
    const options = { ...addressOf(subject), peers, depth: 1, warmUpMs: WARM_UP_MS, ...slices(seconds) };
    const measured = (await play('relay', options)) as readonly Slice[];
    return [
      { name: 'relaysPerSecond', title: `relays, ${peers} peers`, unit: '/s', value: perSecond(measured), isCost: false },
      ...cpuOf(subject, measured, 'relayCpu', 'server CPU per relay'),
    ];
  });
}

function latency(subject: BenchSubject, { peers, seconds }: BenchLoad): Promise<MeasureOutcome> {
  return withGenerator(async (play) => {
    const load = { peers: Math.min(peers, LATENCY_PEERS), perSecond: LATENCY_PER_SECOND };
    const options = { ...addressOf(subject), ...load, warmUpMs: WARM_UP_MS, spanMs: 1000 * seconds };
    const { times } = (await play('latency', options)) as { times: { p50: number; p99: number } };
    const title = `latency at ${LATENCY_PER_SECOND} messages/s`;
    return [
      { name: 'latencyP50', title: `${title}, p50`, unit: 'ms', value: times.p50, isCost: true },
      { name: 'latencyP99', title: `${title}, p99`, unit: 'ms', value: times.p99, isCost: true },
    ];
  });
}

function churn(subject: BenchSubject, { seconds }: BenchLoad): Promise<MeasureOutcome> {
  return withGenerator(async (play) => {
    const options = { ...addressOf(subject), warmUpMs: WARM_UP_MS, ...slices(seconds) };
    const measured = (await play('churn', options)) as readonly Slice[];
    return [
      { name: 'connectsPerSecond', title: 'connect, OPEN and close', unit: '/s', value: perSecond(measured), isCost: false },
      ...cpuOf(subject, measured, 'churnCpu', 'server CPU per connect and close'),
    ];
  });
}

/** Without the process of the server its memory is unknown, so nothing is measured. */
function idle(subject: BenchSubject, { idlePeers }: BenchLoad): Promise<MeasureOutcome> {
  const { pid } = subject;
  if (pid === undefined) return Promise.resolve({ figures: [], faults: [] });
  return withGenerator(async (play) => {
    const { port } = addressOf(subject);
    await play('fill', { port, upTo: FIRST_IDLE_PEERS });
    const before = residentBytes(pid);
    await play('fill', { port, upTo: FIRST_IDLE_PEERS + idlePeers });
    const after = residentBytes(pid);
    const each = (after - before) / idlePeers / KIB;
    return [
      { name: 'idlePeer', title: `memory of each of ${idlePeers} idle peers`, unit: 'KiB', value: each, isCost: true },
      { name: 'idleMemory', title: 'memory of the process with them', unit: 'MiB', value: after / MIB, isCost: true },
    ];
  });
}

function addressOf({ target, pid }: BenchSubject) {
  return { port: target, pid: pid === undefined ? [] : [pid] };
}

function slices(seconds: number): { slices: number; sliceMs: number } {
  return { slices: (1000 * seconds) / SLICE_MS, sliceMs: SLICE_MS };
}

function perSecond(measured: readonly Slice[]): number {
  return (1000 * sum(measured, ({ count }) => count)) / sum(measured, ({ ms }) => ms);
}

function cpuOf({ pid }: BenchSubject, measured: readonly Slice[], name: string, title: string): Figure[] {
  const operations = sum(measured, ({ count }) => count);
  if (pid === undefined || operations === 0) return [];
  const value = sum(measured, ({ serverNs }) => serverNs) / 1000 / operations;
  return [{ name, title, unit: 'µs', value, isCost: true }];
}

function sum(measured: readonly Slice[], of: (slice: Slice) => number): number {
  return measured.reduce((total, slice) => total + of(slice), 0);
}
