import { Redis } from 'ioredis';
import { SILENCE_MS } from '../shared/reaching.ts';

const RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * The library retries no command and renews no subscription by itself: the callers do, in their own order, and handle the
 * failure. @param url see `reachRedis`.
 */
export function connection(url: string): Redis {
  const redis = new Redis({
    ...addressIn(url),
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // It would not handle the rejection if the connection breaks meanwhile, and that ends the process.
    autoResubscribe: false,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(times * RETRY_MS, LONGEST_RETRY_MS),
    sentinelRetryStrategy: (times) => Math.min(times * RETRY_MS, LONGEST_RETRY_MS),
  });
  // Told by `close`.
  redis.on('error', () => undefined);
  // A connection that only receives would not notice that the other end is gone.
  const pulse = setInterval(() => {
    if (redis.status === 'ready') void redis.ping().catch(() => undefined);
  }, SILENCE_MS);
  pulse.unref();
  redis.once('end', () => clearInterval(pulse));
  return redis;
}

function addressIn(url: string) {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const sentinel = searchParams.get('sentinel');
  const isSecret = protocol === 'rediss:';
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const host = hostname.replaceAll(/[[\]]/g, '');
  return {
    ...(sentinel === null
      ? { host, port: Number(port || REDIS_PORT) }
      : { sentinels: [{ host, port: Number(port || SENTINEL_PORT) }], name: sentinel, enableTLSForSentinelMode: isSecret }),
    ...(isSecret ? { tls: {} } : {}),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1)),
  };
}
