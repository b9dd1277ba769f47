import type { Millis } from '../../src/domain/time.ts';
import type { Expectations } from './expectations.ts';
import type { ClientConnection } from './client-connection.ts';

/* M10, M19: whether a line has said too much. */

// A bucket that is filled drop by drop is not exact to the last digit.
const ROUNDING_MS: Millis = 1e-6;
/** A server that stands less at once lets no call come about. */
const MIN_BURST = 20;

/** Whether the server may close the line as one that floods: an allowance may belong to the owner, not to its connection. */
export function mayExceedRate(line: ClientConnection, { limits, tolerance }: Expectations): boolean {
  const { messageBurst = MIN_BURST, messagesPerSecond = 0 } = limits;
  return overflows([...line.previous.sentAt, ...line.sentAt], {
    burst: messageBurst,
    rate: messagesPerSecond,
    stretch: -tolerance.jitter - ROUNDING_MS,
  });
}

/** Whether the server must close the line as one that floods. */
export function surelyExceedsRate(line: ClientConnection, { limits, tolerance }: Expectations): boolean {
  const { messageBurst = Infinity, messagesPerSecond = Infinity, onFlood } = limits;
  if (onFlood !== 'close' || messageBurst === Infinity) return false;
  return overflows(line.sentAt, { burst: messageBurst, rate: messagesPerSecond, stretch: tolerance.jitter + ROUNDING_MS });
}

/** Whether the server may close the line as one that stumbles. */
export function mayExceedMalformed(line: ClientConnection, { limits, tolerance }: Expectations, now: Millis): boolean {
  const { malformedPerWindow = 0, malformedWindow = Infinity } = limits;
  return (
    malformedWithin([...line.previous.malformedAt, ...line.malformedAt], malformedWindow + tolerance.jitter, now) >
    malformedPerWindow
  );
}

/** Whether the server must close the line as one that stumbles; windows need not begin with the first stumble. */
export function surelyExceedsMalformed(line: ClientConnection, { limits, tolerance }: Expectations, now: Millis): boolean {
  const { malformedPerWindow = Infinity, malformedWindow = 0 } = limits;
  return malformedWithin(line.malformedAt, malformedWindow - tolerance.jitter, now) > 2 * malformedPerWindow;
}

function malformedWithin(stumbles: readonly Millis[], span: Millis, now: Millis): number {
  return stumbles.filter((at) => now - at < span).length;
}

interface Bucket {
  readonly burst: number;
  readonly rate: number;
  /** How much longer than it seems a span may have been. */
  readonly stretch: Millis;
}

/**
 * Whether a span of time holds more words than the bucket and what flowed into it. The first is
 * no word, it opened the line.
 */
function overflows(words: readonly Millis[], { burst, rate, stretch }: Bucket): boolean {
  const last = words.at(-1) ?? 0;
  for (let i = 1; i < words.length && words.length - i > burst; i++) {
    const span = Math.max(0, last - (words[i] ?? 0) + stretch);
    if (words.length - i > burst + (rate * span) / 1000) return true;
  }
  return false;
}
