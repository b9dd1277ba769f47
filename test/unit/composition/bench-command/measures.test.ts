import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BenchLoad, MeasureName } from '../../../../src/composition/bench-command/load.ts';
import { measure, type BenchSubject } from '../../../../src/composition/bench-command/measures.ts';
import { createBroker } from '../../../../src/composition/library.ts';

const LOAD: BenchLoad = { measures: [], peers: 2, idlePeers: 20, seconds: 1 };

const broker = createBroker({ port: 0, host: '127.0.0.1', transport: 'node', path: '/at', messagesPerSecond: 1_000_000 });
let subject: BenchSubject;

beforeAll(async () => {
  const { port } = await broker.listen();
  const target = { host: '127.0.0.1', port, isSecure: false, prefix: '/at', key: 'peerjs', token: undefined };
  subject = { target, pid: process.pid };
});
afterAll(() => broker.close());

it.each<[MeasureName, string[]]>([
  ['relay', ['relaysPerSecond', 'relayCpu']],
  ['latency', ['latencyP50', 'latencyP99']],
  ['churn', ['connectsPerSecond', 'churnCpu']],
])('%s has figures, without faults of a sound broker', async (name, figures) => {
  const outcome = await measure(name, subject, LOAD);
  expect(outcome.faults).toEqual([]);
  expect(outcome.figures.map((figure) => figure.name)).toEqual(figures);
  for (const { value } of outcome.figures) expect(value).toBeGreaterThan(0);
});

it('idle measures the process of the server, and nothing without it', async () => {
  expect(await measure('idle', { ...subject, pid: undefined }, LOAD)).toEqual({ figures: [], faults: [] });
  const { figures, faults } = await measure('idle', subject, LOAD);
  expect([figures.map(({ name }) => name), faults]).toEqual([['idlePeer', 'idleMemory'], []]);
});

it('reports refused peers', async () => {
  const target = { ...subject.target, prefix: '/elsewhere' };
  const { faults } = await measure('relay', { ...subject, target }, LOAD);
  expect(faults[0]).toMatchObject({ kind: 'no OPEN', count: 2 });
});
