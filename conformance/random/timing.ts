import type { Millis } from '../../src/domain/time.ts';
import type { Expectations } from './expectations.ts';
import type { ClientConnection } from './client-connection.ts';

/* L1, M10, M19: timeouts and rate limits of a connection. */

// Tolerance for the rounding errors of a token bucket.
const ROUNDING_MS: Millis = 1e-6;
/** With a smaller burst no call could be established. */
const MIN_BURST = 20;

/** True if the server may close the connection for its rate. The rate limit may apply to the owner across connections. */
export function mayExceedRate(connection: ClientConnection, { limits, tolerance }: Expectations): boolean {
  const { messageBurst = MIN_BURST, messagesPerSecond = 0 } = limits;
  return overflows([...connection.previous.sentAt, ...connection.sentAt], {
    burst: messageBurst,
    rate: messagesPerSecond,
    stretch: -tolerance.jitter - ROUNDING_MS,
  });
}

/** True if the server must close the connection for its rate. */
export function surelyExceedsRate(connection: ClientConnection, { limits, tolerance }: Expectations): boolean {
  const { messageBurst = Infinity, messagesPerSecond = Infinity, onFlood } = limits;
  if (onFlood !== 'close' || messageBurst === Infinity) return false;
  return overflows(connection.sentAt, { burst: messageBurst, rate: messagesPerSecond, stretch: tolerance.jitter + ROUNDING_MS });
}

/** True if the server may close the connection for malformed frames. */
export function mayExceedMalformed(connection: ClientConnection, { limits, tolerance }: Expectations, now: Millis): boolean {
  const { malformedPerWindow = 0, malformedWindow = Infinity } = limits;
  return (
    malformedWithin([...connection.previous.malformedAt, ...connection.malformedAt], malformedWindow + tolerance.jitter, now) >
    malformedPerWindow
  );
}

/** True if the server must close the connection for malformed frames. A window need not start at the first one. */
export function surelyExceedsMalformed(connection: ClientConnection, { limits, tolerance }: Expectations, now: Millis): boolean {
  const { malformedPerWindow = Infinity, malformedWindow = 0 } = limits;
  return malformedWithin(connection.malformedAt, malformedWindow - tolerance.jitter, now) > 2 * malformedPerWindow;
}

/** L1, M10, M19: the rule that allows the server to close an admitted connection with this code. */
export function allowedCloseRule(
  connection: ClientConnection,
  code: number,
  expected: Expectations,
  now: Millis,
): string | undefined {
  const { behaviours, limits, tolerance } = expected;
  const isCode = (right: number): boolean => !behaviours.usesCloseCodes || code === right;
  const silence = now - connection.lastAliveAt + tolerance.early;
  if (isCode(4002) && silence >= (limits.aliveTimeout ?? 0)) return 'L1';
  if (isCode(1007) && mayExceedMalformed(connection, expected, now)) return 'M10';
  return isCode(1008) && mayExceedRate(connection, expected) ? 'M19' : undefined;
}

function malformedWithin(times: readonly Millis[], span: Millis, now: Millis): number {
  return times.filter((at) => now - at < span).length;
}

interface Bucket {
  readonly burst: number;
  readonly rate: number;
  /** The possible deviation of a measured interval. */
  readonly stretch: Millis;
}

/** True if an interval contains more frames than the bucket allows. The first time is the opening, not a frame. */
function overflows(words: readonly Millis[], { burst, rate, stretch }: Bucket): boolean {
  const last = words.at(-1) ?? 0;
  for (let i = 1; i < words.length && words.length - i > burst; i++) {
    const span = Math.max(0, last - (words[i] ?? 0) + stretch);
    if (words.length - i > burst + (rate * span) / 1000) return true;
  }
  return false;
}
