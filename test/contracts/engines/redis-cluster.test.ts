import { startClusterRedis } from '../../support/engines/redis-server.ts';
import { redisContract } from './redis.ts';

redisContract('redis that refuses scripts over more than one shard', startClusterRedis);
