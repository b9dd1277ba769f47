import { Redis } from 'ioredis';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { EngineServer, type EngineKind } from './engine-server.ts';

const REDIS: EngineKind = {
  program: 'redis-server',
  command: (port, folder) => ['--port', String(port), '--bind', LOOPBACK, '--save', '', '--appendonly', 'yes', '--dir', folder],
  url: (port) => `redis://${LOOPBACK}:${port}`,
  async answers(port) {
    const redis = new Redis({ port, host: LOOPBACK, lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      await redis.ping();
    } finally {
      redis.disconnect();
    }
  },
};

/** A Redis of one's own. @throws where `redis-server` is not installed. */
export function startRedis(port?: number): Promise<EngineServer> {
  return EngineServer.start(REDIS, port);
}
