/** Exceeds the time between two readings of the clock by the client library. */
const MARGIN_MS = 60_000;
const MAX_JITTER_MS = 100;

/**
 * The delay between two attempts to connect. The client library compares it with the system clock: after an attempt at `t`, the
 * next one is due at `t` plus the delay. If the clock was set back since then, the delay is negative, so that the attempt is due.
 * @param systemTime the system clock, in milliseconds.
 */
export function reconnectDelay(usual: number, systemTime: () => number = Date.now): () => number {
  let latest = -Infinity;
  return () => {
    const now = systemTime();
    const setBack = latest - now;
    latest = now;
    return setBack > 0 ? -setBack - MARGIN_MS : usual + Math.random() * MAX_JITTER_MS;
  };
}
