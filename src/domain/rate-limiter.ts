import type { Millis } from './time.ts';

/** Rate limits of one peer. */
export interface RateLimits {
  /** M19: refill rate of the token bucket, in tokens per second. A message takes one token or more (M22). */
  readonly messagesPerSecond: number;
  /** M19: capacity of the token bucket. */
  readonly messageBurst: number;
  /** M10: strikes (malformed messages) that are tolerated in one window. */
  readonly malformedPerWindow: number;
  /** M10: length of a window. */
  readonly malformedWindow: Millis;
}

/** M10: malformed messages in one window. */
export interface Strikes {
  readonly since: Millis;
  readonly count: number;
}

/**
 * M10, M19: a peer with rate limits: a token bucket for messages, and a window of strikes for malformed messages. Implemented by
 * `Session`: an object of its own would take five times the memory of the bucket.
 */
export interface RateLimited {
  readonly rateLimits: RateLimits;
  /** M19: a moment at which the bucket was full. */
  fullAt: Millis;
  /**
   * M19: sixteenths of tokens that were taken since then. Both are whole numbers, because V8 stores a fraction in an object of
   * its own, which would have to be read for each message.
   */
  takenSixteenths: number;
  /** Undefined before the first one, because most peers send no malformed message. */
  strikes: Strikes | undefined;
}

/**
 * M19: takes tokens, also from an empty bucket.
 * @returns the time until the overdraft is refilled; 0 if the bucket is not overdrawn.
 */
export function takeTokens(peer: RateLimited, now: Millis, tokens = 1): Millis {
  const { rateLimits } = peer;
  if (fullFrom(peer) <= now) {
    peer.fullAt = now;
    peer.takenSixteenths = 0;
  }
  peer.takenSixteenths += tokens * SIXTEENTHS;
  // Sums of fractions are not exact.
  const overdraft = fullFrom(peer) - refillTime(rateLimits.messageBurst * SIXTEENTHS, rateLimits) - now;
  return overdraft > ROUNDING ? Math.ceil(overdraft - ROUNDING) : 0;
}

/** A7: keeps the tokens in the bucket, and the overdraft, if the earlier limits had another refill rate. */
export function keepTokens(peer: RateLimited, before: RateLimits, now: Millis): void {
  const filled = ((now - peer.fullAt) * before.messagesPerSecond * SIXTEENTHS) / 1000;
  peer.fullAt = now;
  peer.takenSixteenths = Math.ceil(Math.max(0, peer.takenSixteenths - filled));
}

/** Time until the limiter is in its initial state: a full bucket and no strikes. */
export function timeUntilReset(peer: RateLimited, now: Millis): Millis {
  const window = peer.strikes === undefined ? 0 : peer.strikes.since + peer.rateLimits.malformedWindow - now;
  return Math.max(timeUntilFull(peer, now), window);
}

/** M19: time until the bucket is full. */
export function timeUntilFull(peer: RateLimited, now: Millis): Millis {
  return Math.max(0, fullFrom(peer) - now);
}

/** M10: counts one malformed message. @returns true if the window has more strikes than are tolerated. */
export function strike(peer: RateLimited, now: Millis): boolean {
  const { strikes, rateLimits } = peer;
  const isOver = strikes === undefined || now - strikes.since >= rateLimits.malformedWindow;
  const { since, count } = isOver ? { since: now, count: 0 } : strikes;
  peer.strikes = { since, count: count + 1 };
  return count + 1 > rateLimits.malformedPerWindow;
}

const ROUNDING: Millis = 1e-3;

const SIXTEENTHS = 16;

const BYTES_PER_TOKEN = 64 * 1024;

/** W8: tokens for a frame that completes no request. */
const TOKENS_PER_FRAGMENT = 1 / SIXTEENTHS;

/**
 * M22, W8: tokens for a frame: one for each request and for each started 64 KiB, whichever is more. The bytes of a frame cost at
 * most a full bucket.
 */
export function tokensFor(bytes: number, { messageBurst }: Pick<RateLimits, 'messageBurst'>, requests = 1): number {
  if (bytes <= BYTES_PER_TOKEN) return requests === 0 ? TOKENS_PER_FRAGMENT : requests;
  return Math.max(requests, Math.min(Math.ceil(bytes / BYTES_PER_TOKEN), messageBurst));
}

/** From when on the bucket is full, without further messages. */
function fullFrom({ fullAt, takenSixteenths, rateLimits }: RateLimited): Millis {
  return fullAt + refillTime(takenSixteenths, rateLimits);
}

/** Time in which the bucket gains tokens. */
function refillTime(sixteenths: number, { messagesPerSecond }: RateLimits): Millis {
  return (sixteenths * 1000) / (messagesPerSecond * SIXTEENTHS);
}
