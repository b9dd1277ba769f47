import { isKeyPattern } from '../src/domain/realm-keys.ts';
import type { Settings } from '../src/composition/configuration/options.ts';

/** The maximum memory of one part. */
export interface MemoryShare {
  readonly what: string;
  readonly bytes: number;
}

type Limits = Pick<Settings, 'max_connections' | 'memory_budget' | 'memory_per_address' | 'history_bytes' | 'key' | 'max_realms'>;

/** Measured: 58 MiB after the start, with uWebSockets.js, and 32 MiB for V8's young generation. */
const PROCESS_BYTES = 90 * 1024 * 1024;

/** Measured with 20,000 idle peers: 4.8 KB on the node transport, 1.2 KB on uWebSockets.js (docs/performance.md). */
const CONNECTION_BYTES = 5 * 1024;

/** Measured with 17,000 realms: 0.6 KB, or 1.3 KB with one space of topics; each has at most three spaces. */
const REALM_BYTES = 2 * 1024;

/** Each realm of a literal key has two histories: one for each space with replay. */
const HISTORIES = 2;

/** B4: the message limit of further connections. */
const REDUCED_BYTES = 64 * 1024;

/** The bytes that uWebSockets.js buffers beyond the full message limit, and beyond the reduced one. */
const EXCESS_BYTES = 64 * 1024;
const REDUCED_EXCESS_BYTES = 8 * 1024;

/** B4: `memory_per_address` times this is what the connections of one address may reserve. */
const RESERVABLE_SHARES = 32;

/** B4: the maximum that uWebSockets.js buffers of the incomplete messages of one address. */
export function incompleteBytesOf(
  settings: Pick<Settings, 'max_message_bytes' | 'memory_per_address' | 'max_connections_per_address'>,
): number {
  const { max_message_bytes, memory_per_address, max_connections_per_address } = settings;
  const withFullLimit =
    max_message_bytes <= REDUCED_BYTES
      ? max_connections_per_address
      : Math.min(
          max_connections_per_address,
          Math.max(1, Math.floor((RESERVABLE_SHARES * memory_per_address) / max_message_bytes)),
        );
  const full = max_message_bytes + EXCESS_BYTES;
  return withFullLimit * full + (max_connections_per_address - withFullLimit) * (REDUCED_BYTES + REDUCED_EXCESS_BYTES);
}

/** The memory of a process with every limit exhausted, by part. */
export function worstCaseOf(settings: Limits): readonly MemoryShare[] {
  const { max_connections, max_realms, memory_budget, memory_per_address, history_bytes, key } = settings;
  const literals = key.filter((one) => !isKeyPattern(one)).length;
  return [
    { what: 'the process itself', bytes: PROCESS_BYTES },
    { what: '`max_connections`, 5 KiB each', bytes: max_connections * CONNECTION_BYTES },
    { what: '`max_realms`, 2 KiB each', bytes: max_realms * REALM_BYTES },
    { what: '`memory_budget`', bytes: memory_budget },
    { what: 'connections that are being closed (B3): `memory_per_address`', bytes: memory_per_address },
    { what: '`history_bytes` of each key, twice', bytes: HISTORIES * literals * history_bytes },
  ];
}
