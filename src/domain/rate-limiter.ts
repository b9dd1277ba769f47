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
  /** M19: the moment at which the bucket was empty, if it only filled since then. In the future while the bucket is overdrawn. */
  emptySince: Millis;
  /** Undefined before the first one, because most peers send no malformed message. */
  strikes: Strikes | undefined;
}

/** M19: `emptySince` of a bucket that is full now. */
export function fullBucket(limits: RateLimits, now: Millis): Millis {
  return now - refillTime(limits.messageBurst, limits);
}

/**
 * M19: takes tokens, also from an empty bucket.
 * @returns the time until the overdraft is refilled; 0 if the bucket is not overdrawn.
 */
export function takeTokens(peer: RateLimited, now: Millis, tokens = 1): Millis {
  const limits = peer.rateLimits;
  const emptySince = Math.max(peer.emptySince, fullBucket(limits, now)) + refillTime(tokens, limits);
  peer.emptySince = emptySince;
  // Sums of fractions are not exact.
  const overdraft = emptySince - now;
  return overdraft > ROUNDING ? Math.ceil(overdraft - ROUNDING) : 0;
}

/** A7: keeps the tokens in the bucket, and the overdraft, if the earlier limits had another refill rate. */
export function keepTokens(peer: RateLimited, before: RateLimits, now: Millis): void {
  const filledSince = Math.max(peer.emptySince, fullBucket(before, now));
  peer.emptySince = now - ((now - filledSince) * before.messagesPerSecond) / peer.rateLimits.messagesPerSecond;
}

/** Time until the limiter is in its initial state: a full bucket and no strikes. */
export function timeUntilReset(peer: RateLimited, now: Millis): Millis {
  const window = peer.strikes === undefined ? 0 : peer.strikes.since + peer.rateLimits.malformedWindow - now;
  return Math.max(timeUntilFull(peer, now), window);
}

/** M19: time until the bucket is full. */
export function timeUntilFull({ emptySince, rateLimits }: RateLimited, now: Millis): Millis {
  return Math.max(0, emptySince + refillTime(rateLimits.messageBurst, rateLimits) - now);
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

const BYTES_PER_TOKEN = 64 * 1024;

/** W8: tokens for a frame that completes no request. */
const TOKENS_PER_FRAGMENT = 1 / 16;

/**
 * M22, W8: tokens for a frame: one for each request and for each started 64 KiB, whichever is more. The bytes of a frame cost at
 * most a full bucket.
 */
export function tokensFor(bytes: number, { messageBurst }: Pick<RateLimits, 'messageBurst'>, requests = 1): number {
  if (bytes <= BYTES_PER_TOKEN) return requests === 0 ? TOKENS_PER_FRAGMENT : requests;
  return Math.max(requests, Math.min(Math.ceil(bytes / BYTES_PER_TOKEN), messageBurst));
}

/** Time in which the bucket gains `tokens`. */
function refillTime(tokens: number, { messagesPerSecond }: RateLimits): Millis {
  return (tokens * 1000) / messagesPerSecond;
}
