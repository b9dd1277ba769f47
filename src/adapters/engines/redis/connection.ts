import { Redis } from 'ioredis';
import { KEEP_ALIVE_MS } from '../shared/engine-connection.ts';

const RETRY_STEP_MS = 50;
/** Maximum delay of the next attempt while Redis refuses connections, or loads its data. */
const MAX_RETRY_MS = 250;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * Opens a connection that reconnects. The library retries no command and renews no subscription; the callers do both, in their
 * own order, and handle the failure. @param url see `connectRedisEngine`.
 */
export function openConnection(url: string): Redis {
  const redis = new Redis({
    ...connectionOptions(url),
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // The library does not handle a rejected subscription, and an unhandled rejection ends the process.
    autoResubscribe: false,
    socketTimeout: KEEP_ALIVE_MS,
    maxLoadingRetryTime: MAX_RETRY_MS,
    retryStrategy: (times) => Math.min(times * RETRY_STEP_MS, MAX_RETRY_MS),
    sentinelRetryStrategy: (times) => Math.min(times * RETRY_STEP_MS, MAX_RETRY_MS),
  });
  // The event `close` follows and is handled.
  redis.on('error', () => undefined);
  // Without requests, a connection that only receives would not detect a dead peer.
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
  const isTls = protocol === 'rediss:';
  // Only a URL has an IPv6 address in brackets.
  const host = hostname.replaceAll(/[[\]]/g, '');
  return {
    ...(sentinel === null
      ? { host, port: Number(port || REDIS_PORT) }
      : { sentinels: [{ host, port: Number(port || SENTINEL_PORT) }], name: sentinel, enableTLSForSentinelMode: isTls }),
    ...(isTls ? { tls: {} } : {}),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1)),
  };
}
