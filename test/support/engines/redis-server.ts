import { Redis } from 'ioredis';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../e2e/free-port.ts';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { until } from '../e2e/until.ts';
import { TLS_FILES } from '../tls-files.ts';
import { EngineServer, type EngineKind } from './engine-server.ts';

/** The command; REDIS_SERVER selects a compatible one, such as valkey-server. */
const PROGRAM = process.env['REDIS_SERVER'] ?? 'redis-server';
const TIMEOUT_MS = 60_000;
/** The name of the primary at Sentinel. */
const PRIMARY_NAME = 'primary';
const SLOTS = 16_384;

const REDIS: EngineKind = {
  program: PROGRAM,
  command: (port, folder) => ['--port', String(port), '--bind', LOOPBACK, '--save', '', '--appendonly', 'yes', '--dir', folder],
  url: (port) => `redis://${LOOPBACK}:${port}`,
  probe: (port) => queryRedis(port, (redis) => redis.ping()),
};

/** Starts a Redis server. @throws Error if `redis-server` is not installed. */
export function startRedis(port?: number): Promise<EngineServer> {
  return EngineServer.start(REDIS, port);
}

/** Starts a Redis server with TLS only, with the certificate of `TLS_FILES`. */
export function startTlsRedis(): Promise<EngineServer> {
  return EngineServer.start({
    ...REDIS,
    command(port, folder) {
      const { certFile, keyFile } = TLS_FILES;
      const secrets = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no'];
      return [...REDIS.command(0, folder), '--tls-port', String(port), ...secrets];
    },
    url: (port) => `rediss://${LOOPBACK}:${port}`,
    probe: (port) => queryRedis(port, (redis) => redis.ping(), { tls: { ca: readFileSync(TLS_FILES.certFile) } }),
  });
}

/** Starts a Redis Cluster of one node: it rejects scripts with keys of different hash tags. */
export async function startClusterRedis(): Promise<EngineServer> {
  // The default port of the cluster bus, `port + 10000`, may be in use or too high.
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
  const command: EngineKind['command'] = (port, folder) => [...REDIS.command(port, folder), ...cluster];
  const server = await EngineServer.start({ ...REDIS, command });
  await queryRedis(server.port, async (redis) => {
    await redis.cluster('ADDSLOTSRANGE', 0, SLOTS - 1);
    await until(TIMEOUT_MS, 'the cluster', async () => /cluster_state:ok/.test(await redis.cluster('INFO')) || undefined);
  });
  return server;
}

/** A primary, its replica, and a Sentinel that can promote the replica. */
export class RedisWithSentinel {
  readonly primary: EngineServer;
  readonly replica: EngineServer;
  readonly sentinel: EngineServer;

  private constructor(primary: EngineServer, replica: EngineServer, sentinel: EngineServer) {
    this.primary = primary;
    this.replica = replica;
    this.sentinel = sentinel;
  }

  static async start(): Promise<RedisWithSentinel> {
    const primary = await startRedis();
    const follows = ['--replicaof', LOOPBACK, String(primary.port), '--repl-diskless-sync-delay', '0'];
    const command: EngineKind['command'] = (port, folder) => [...REDIS.command(port, folder), ...follows];
    const replica = await EngineServer.start({ ...REDIS, command }, await freePort());
    const sentinel = await EngineServer.start(sentinelOf(primary.port));
    const isReplicating = (): Promise<true | undefined> =>
      queryRedis(sentinel.port, async (redis) => {
        const known = (await redis.call('SENTINEL', 'REPLICAS', PRIMARY_NAME)) as unknown[];
        return known.length === 1 && /master_link_status:up/.test(await replicaState(replica.port)) ? true : undefined;
      });
    await until(TIMEOUT_MS, 'Sentinel to find the replica', isReplicating);
    return new RedisWithSentinel(primary, replica, sentinel);
  }

  get url(): string {
    return `${this.sentinel.url}?sentinel=${PRIMARY_NAME}`;
  }

  /** Resolves when the replica has all earlier writes. */
  async waitForReplication(): Promise<void> {
    await queryRedis(this.primary.port, async (redis) => {
      if ((await redis.wait(1, TIMEOUT_MS)) !== 1) throw new Error('the replica does not replicate');
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.sentinel, this.replica, this.primary].map((server) => server.stop()));
  }
}

function sentinelOf(primary: number): EngineKind {
  const settings = [
    `monitor ${PRIMARY_NAME} ${LOOPBACK} ${primary} 1`,
    `down-after-milliseconds ${PRIMARY_NAME} 500`,
    `failover-timeout ${PRIMARY_NAME} 5000`,
  ];
  return {
    ...REDIS,
    command(port, folder) {
      const file = join(folder, 'sentinel.conf');
      writeFileSync(file, [`port ${port}`, `bind ${LOOPBACK}`, ...settings.map((line) => `sentinel ${line}`)].join('\n'));
      return [file, '--sentinel'];
    },
  };
}

function replicaState(port: number): Promise<string> {
  return queryRedis(port, (redis) => redis.info('replication'));
}

async function queryRedis<T>(
  port: number,
  ask: (redis: Redis) => Promise<T>,
  how: { readonly tls?: { readonly ca: Buffer } } = {},
): Promise<T> {
  const redis = new Redis({
    ...how,
    port,
    host: LOOPBACK,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
