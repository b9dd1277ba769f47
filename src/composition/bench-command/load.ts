/** The measures, in the order in which they run. */
export const MEASURE_NAMES = ['relay', 'latency', 'churn', 'idle'] as const;

export type MeasureName = (typeof MEASURE_NAMES)[number];

/** The server under test, as the generator addresses it. */
export interface BenchTarget {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** The path of the broker, without a slash at its end. */
  readonly prefix: string;
  readonly key: string;
  /** The token of all peers; undefined for one token each. */
  readonly token: string | undefined;
}

/** How much load is generated. */
export interface BenchLoad {
  readonly measures: readonly MeasureName[];
  readonly peers: number;
  readonly idlePeers: number;
  /** Duration of each measure. */
  readonly seconds: number;
}
