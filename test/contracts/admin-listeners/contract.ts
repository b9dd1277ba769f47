import type { ContractTest } from '../../../src/contracts/contract-test.ts';
import { expect } from '../../../src/contracts/expect.ts';
import { until, within } from '../../../src/contracts/until.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import type { TraceLine } from '../../../src/application/ports/operations.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { ScriptedServices, type AdminClient, type AdminStream, type AdminSubject, type Answered } from './subject.ts';

const PATIENCE_MS = 30_000;
const ANN = { realm: 'peerjs', id: 'ann' };
const LINE: TraceLine = { node: nodeId('here'), at: 0, way: 'in', type: 'offer', from: 'ann', to: 'bob', bytes: 7 };

/** One promise of the port. The listener of the subject listens already. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: AdminSubject, services: ScriptedServices) => Promise<void>;
}

export const CLAUSES: readonly Clause[] = [
  {
    name: 'ADM1: everybody learns whether the broker is ready',
    async run(subject, services) {
      const stranger = subject.client('stranger');
      expect(await stranger.isHealthy()).toBe(true);
      services.isReady = false;
      expect(await stranger.isHealthy()).toBe(false);
    },
  },
  {
    name: 'ADM10: a stranger receives nothing else, and no operation is called',
    async run(subject, services) {
      const stranger = subject.client('stranger');
      services.present.add('peerjs/ann');
      for (const ask of Object.values(LOOKS)) expect(await ask(stranger)).toBe('refused');
      for (const act of Object.values(ACTS)) expect(await act(stranger)).toBe('refused');
      expect([services.calls, services.onSecond.size]).toEqual([[], 0]);
    },
  },
  {
    name: 'ADM10: a viewer may look and may not act',
    async run(subject, services) {
      const viewer = subject.client('viewer');
      services.present.add('peerjs/ann');
      for (const act of Object.values(ACTS)) expect(await act(viewer)).toBe('refused');
      expect(services.calls).toEqual([]);
      for (const ask of Object.values(LOOKS)) expect(await ask(viewer)).not.toBe('refused');
    },
  },
  {
    name: 'ADM7, ADM15: an overview names the nodes, and those that did not answer',
    async run(subject, services) {
      services.missing.push(nodeId('far'));
      expect(await subject.client('operator').overview()).toEqual({ nodes: ['node-1'], missing: ['far'] });
    },
  },
  {
    name: 'ADM13: requests at the same time receive their own answers',
    async run(subject, services) {
      services.waiting = [];
      const { waiting } = services;
      const operator = subject.client('operator');
      const asked = Promise.allSettled([operator.overview(), operator.overview()]);
      await until(PATIENCE_MS, 'both requests', () => (waiting.length === 2 ? true : undefined));
      for (const answer of [...waiting].reverse()) answer();
      const outcomes = await asked;
      expect(outcomes).toContainEqual({ status: 'fulfilled', value: { nodes: ['node-1'], missing: [] } });
      expect(outcomes).toContainEqual({ status: 'fulfilled', value: { nodes: ['node-2'], missing: [] } });
    },
  },
  {
    name: 'ADM3, ADM8: an act has its reason and says where it comes from',
    async run(subject, services) {
      services.present.add('peerjs/ann');
      expect(await subject.client('operator').expel(ANN, 'spam & more')).toBe(1);
      expect(await subject.client('operator').drain('update')).toBe(true);
      expect(services.calls).toEqual([
        ['expel', 'peerjs', 'ann', 'spam & more', true],
        ['drain', 'update', true],
      ]);
    },
  },
  {
    name: 'ADM3: says that a peer is absent',
    run: async (subject) => expect(await subject.client('operator').expel(ANN, 'spam')).toBe('absent'),
  },
  {
    name: 'ADM2: passes the beginning of ids unchanged',
    async run(subject, services) {
      expect(await subject.client('operator').peers('a b/ü+%')).toEqual([]);
      expect(services.calls).toEqual([['peers', 'a b/ü+%']]);
    },
  },
  {
    name: 'ADM1: serves the metrics in the format that the reader accepts',
    run: async (subject) => expect(await subject.client('operator').metrics('text/x')).toBe('metrics as text/x'),
  },
  {
    name: 'ADM2: shows each option with its source',
    async run(subject) {
      expect(await subject.client('operator').configuration()).toMatchObject([
        { name: 'port', value: 9000 },
        { name: 'admin_token', value: 'hidden', source: '--admin_token' },
      ]);
    },
  },
  {
    name: 'ADM7: sends one event for each second, until the reader leaves',
    async run(subject, services) {
      const stream = await opened(subject.client('operator').seconds());
      for (const end of ['1', '2']) {
        for (const listener of services.onSecond) listener();
        expect(await soon(stream)).toMatchObject({ node: `node-${end}` });
      }
      stream.leave();
      await until(PATIENCE_MS, 'the end of the seconds', () => (services.onSecond.size === 0 ? true : undefined));
    },
  },
  {
    name: 'ADM6: sends each line of a trace, and ends the trace when the reader leaves',
    async run(subject, services) {
      const stream = await opened(subject.client('operator').trace(ANN));
      for (const listener of services.traces) listener.line(LINE);
      expect(await soon(stream)).toMatchObject({ node: 'here', way: 'in', type: 'offer', from: 'ann', to: 'bob', bytes: 7 });
      for (const listener of services.traces) listener.dropped(3);
      expect(await soon(stream)).toEqual({ lines: 3 });
      for (const listener of services.traces) listener.missing([nodeId('far')]);
      expect(await soon(stream)).toEqual({ nodes: ['far'] });
      stream.leave();
      await until(PATIENCE_MS, 'the end of the trace', () => (services.traces.size === 0 ? true : undefined));
    },
  },
  {
    name: 'ADM6: says that too many traces are open',
    async run(subject, services) {
      services.maxTraces = 0;
      expect(await subject.client('operator').trace(ANN)).toBe('failed');
    },
  },
  {
    name: 'promise 6: a service that fails ends its own request only',
    async run(subject) {
      const operator = subject.client('operator');
      expect(await operator.peers(FAULT)).toBe('failed');
      expect(await operator.configuration()).toHaveLength(2);
    },
  },
  {
    name: 'a listener at a place in use is refused with a ListenError, and the other one serves on',
    async run(subject, services) {
      const rival = subject.rival();
      await expect(rival.listen(services.asServices())).rejects.toBeInstanceOf(ListenError);
      expect(await subject.client('operator').drain('update')).toBe(true);
      await subject.listener.stop();
      expect(typeof (await rival.listen(services.asServices()))).toBe('string');
      await rival.stop();
    },
  },
  {
    name: 'stop ends the open streams and their subscriptions, and frees the place',
    async run(subject, services) {
      const operator = subject.client('operator');
      const streams = [await opened(operator.seconds()), await opened(operator.trace(ANN))];
      await within(PATIENCE_MS, 'the stop', subject.listener.stop());
      for (const stream of streams) expect(await soon(stream)).toBeUndefined();
      await until(PATIENCE_MS, 'the end of both', () => (services.onSecond.size + services.traces.size === 0 ? true : undefined));
      expect(await operator.isHealthy()).toBe(false);
    },
  },
  {
    name: 'stop has no effect before listen, and when it is repeated',
    async run(subject) {
      await subject.rival().stop();
      await subject.listener.stop();
      await subject.listener.stop();
    },
  },
];

/** The prefix of ids for which the services throw. */
const FAULT = 'fault';

const LOOKS: Readonly<Record<string, (client: AdminClient) => Promise<unknown>>> = {
  overview: (client) => client.overview(),
  peers: (client) => client.peers('a'),
  metrics: (client) => client.metrics('*/*'),
  configuration: (client) => client.configuration(),
  seconds: async (client) => leave(await client.seconds()),
  trace: async (client) => leave(await client.trace(ANN)),
};

const ACTS: Readonly<Record<string, (client: AdminClient) => Promise<unknown>>> = {
  expel: (client) => client.expel(ANN, 'spam'),
  drain: (client) => client.drain('update'),
};

function leave(stream: Answered<AdminStream>): Answered<AdminStream> {
  if (typeof stream !== 'string') stream.leave();
  return stream;
}

async function opened(asked: Promise<Answered<AdminStream>>): Promise<AdminStream> {
  const stream = await asked;
  return typeof stream === 'string' ? expect.fail(`the stream is ${stream}`) : stream;
}

function soon(stream: AdminStream): Promise<unknown> {
  return within(PATIENCE_MS, 'an event', stream.next());
}

/** The tests of an admin listener. @param start creates a listener for each test. */
export function adminListenerContract(start: () => AdminSubject): ContractTest[] {
  return CLAUSES.map(({ name, run }) => ({ name, run: () => runClause({ name, run }, start()) }));
}

export async function runClause({ run }: Clause, subject: AdminSubject): Promise<void> {
  const services = new ScriptedServices(FAULT);
  try {
    await subject.listener.listen(services.asServices());
    await run(subject, services);
  } finally {
    await subject.dispose();
  }
}
