import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { MetricName } from '../../application/ports/metrics.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';

/** The values of one metric by their labels: `{direction="in"}`; those of a histogram with `_bucket`, `_sum` and `_count`. */
export type ReadValues = Readonly<Record<string, number>>;

/** A telemetry whose values can be read. */
export interface TelemetrySubject {
  readonly telemetry: Telemetry;
  readonly read: (metric: MetricName) => Promise<ReadValues>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: TelemetrySubject) => Promise<void>;
}

/** One promise about calls only. */
export interface CallClause {
  readonly name: string;
  readonly run: (telemetry: Telemetry) => void;
}

export const CLAUSES: readonly Clause[] = [
  {
    name: 'counts one for each call without an amount',
    async run({ telemetry, read }) {
      const paused = telemetry.counter('paused_total');
      paused.add();
      paused.add();
      expect(await read('paused_total')).toEqual({ '': 2 });
    },
  },
  {
    name: 'adds amounts',
    async run({ telemetry, read }) {
      const bytes = telemetry.counter('message_bytes_total', 'in');
      bytes.add(70);
      bytes.add(0);
      bytes.add(5);
      expect(await read('message_bytes_total')).toEqual({ '{direction="in"}': 75 });
    },
  },
  {
    name: 'counts each combination of labels separately, in their order',
    async run({ telemetry, read }) {
      telemetry.counter('messages_received_total', 'peerjs', 'relay').add();
      telemetry.counter('messages_received_total', 'relay', 'peerjs').add(2);
      telemetry.counter('messages_received_total', 'peerjs', 'peerjs').add(3);
      expect(await read('messages_received_total')).toEqual({
        '{dialect="peerjs",type="relay"}': 1,
        '{dialect="relay",type="peerjs"}': 2,
        '{dialect="peerjs",type="peerjs"}': 3,
      });
    },
  },
  {
    name: 'returns the same counter for the same labels',
    async run({ telemetry, read }) {
      telemetry.counter('handshakes_total', 'answered').add();
      telemetry.counter('handshakes_total', 'answered').add();
      expect(await read('handshakes_total')).toEqual({ '{outcome="answered"}': 2 });
    },
  },
  {
    name: 'has the value 0 for a counter that was looked up and not used, and no value for another',
    async run({ telemetry, read }) {
      telemetry.counter('handshakes_total', 'expired');
      expect(await read('handshakes_total')).toEqual({ '{outcome="expired"}': 0 });
    },
  },
  {
    name: 'counts observations up to each upper limit, which is included, and adds them up',
    async run({ telemetry, read }) {
      const seconds = telemetry.histogram('answer_seconds');
      for (const value of [0.05, 0.06, 2, 100]) seconds.observe(value);
      expect(await read('answer_seconds')).toEqual({
        ...{ '_bucket{le="0.05"}': 1, '_bucket{le="0.1"}': 2, '_bucket{le="0.25"}': 2, '_bucket{le="0.5"}': 2 },
        ...{ '_bucket{le="1"}': 2, '_bucket{le="2.5"}': 3, '_bucket{le="5"}': 3, '_bucket{le="10"}': 3 },
        ...{ '_bucket{le="30"}': 3, '_bucket{le="+Inf"}': 4, _sum: 102.11, _count: 4 },
      });
    },
  },
  {
    name: 'reads gauges when the metrics are read, never before',
    async run({ telemetry, read }) {
      let reads = 0;
      telemetry.gauge('peers', () => [{ labels: ['green'], value: ++reads }]);
      expect(reads).toBe(0);
      expect(await read('peers')).toEqual({ '{realm="green"}': 1 });
      expect(await read('peers')).toEqual({ '{realm="green"}': 2 });
    },
  },
  {
    name: 'reads the latest reader of a gauge',
    async run({ telemetry, read }) {
      telemetry.gauge('draining', () => [{ labels: [], value: 0 }]);
      telemetry.gauge('draining', () => [{ labels: [], value: 1 }]);
      expect(await read('draining')).toEqual({ '': 1 });
    },
  },
];

/** The promises that hold without a reader, too. */
export const CALL_CLAUSES: readonly CallClause[] = [
  {
    name: 'accepts all calls',
    run(telemetry) {
      telemetry.counter('handshakes_total', 'answered').add(2);
      telemetry.histogram('answer_seconds').observe(1);
      telemetry.gauge('draining', () => []);
    },
  },
  {
    name: 'has a time that never goes back',
    run(telemetry) {
      const start = telemetry.seconds();
      expect(telemetry.seconds()).toBeGreaterThanOrEqual(start);
    },
  },
];

/** The tests of a telemetry whose values can be read. @param start creates a new subject for each test. */
export function telemetryContract(start: () => TelemetrySubject): ContractTest[] {
  const calls = CALL_CLAUSES.map(({ name, run }) => ({ name, run: async () => run(start().telemetry) }));
  return [...CLAUSES.map(({ name, run }) => ({ name, run: () => run(start()) })), ...calls];
}
