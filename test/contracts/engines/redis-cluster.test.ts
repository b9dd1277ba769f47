import { startClusterRedis } from '../../support/engines/redis-server.ts';
import { engineContract } from './contract.ts';
import { redisSubjects } from './redis.ts';

engineContract('redis that rejects scripts across shards', redisSubjects(startClusterRedis));
