import { Redis } from 'ioredis';
import { KEEP_ALIVE_MS } from '../shared/engine-connection.ts';

const RETRY_STEP_MS = 50;
const MAX_RETRY_MS = 1_000;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * The library retries no command and renews no subscription by itself: the callers do, in their own order, and handle the
 * failure. @param url see `reachRedis`.
 */
export function openConnection(url: string): Redis {
  const redis = new Redis({
    ...connectionOptions(url),
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // It would not handle the rejection if the connection breaks meanwhile, and that ends the process.
    autoResubscribe: false,
    socketTimeout: KEEP_ALIVE_MS,
    retryStrategy: (times) => Math.min(times * RETRY_STEP_MS, MAX_RETRY_MS),
    sentinelRetryStrategy: (times) => Math.min(times * RETRY_STEP_MS, MAX_RETRY_MS),
  });
  // Told by `close`.
  redis.on('error', () => undefined);
  // A connection that only receives would not notice that the other end is gone.
  const keepAlive = setInterval(() => {
    if (redis.status === 'ready') void redis.ping().catch(() => undefined);
  }, KEEP_ALIVE_MS);
  keepAlive.unref();
  redis.once('end', () => clearInterval(keepAlive));
  return redis;
}

function connectionOptions(url: string) {
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
