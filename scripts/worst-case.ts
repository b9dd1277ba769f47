import type { Settings } from '../src/composition/configuration/options.ts';

/** One thing that takes memory, and how much of it at most. */
export interface MemoryShare {
  readonly what: string;
  readonly bytes: number;
}

type Limits = Pick<Settings, 'max_connections' | 'memory_budget' | 'memory_per_address' | 'history_bytes' | 'key'>;

/** Measured: 58 MiB after the start, with uWebSockets.js, and 32 MiB for V8's young generation. */
const PROCESS_BYTES = 90 * 1024 * 1024;

/** Measured with 20,000 idle peers: 4.8 KB on the node transport, 1.2 KB on uWebSockets.js (docs/performance.md). */
const CONNECTION_BYTES = 5 * 1024;

/** Publications of each realm are kept once for the dialects that replay them, and once for others that do. */
const HISTORIES = 2;

/** The memory that a process takes where every limit is exhausted, by what takes it. */
export function worstCaseOf(settings: Limits): readonly MemoryShare[] {
  const { max_connections, memory_budget, memory_per_address, history_bytes, key } = settings;
  return [
    { what: 'the process itself', bytes: PROCESS_BYTES },
    { what: '`max_connections`, 5 KiB each', bytes: max_connections * CONNECTION_BYTES },
    { what: '`memory_budget`', bytes: memory_budget },
    { what: 'connections that are being closed (B3): `memory_per_address`', bytes: memory_per_address },
    { what: '`history_bytes` of each key, twice', bytes: HISTORIES * key.length * history_bytes },
  ];
}
