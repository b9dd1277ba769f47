import { startClusterRedis } from '../../support/engines/redis-server.ts';
import { engineContract } from './contract.ts';
import { redisSubjects } from './redis.ts';

engineContract('redis that refuses scripts over more than one shard', redisSubjects(startClusterRedis));
