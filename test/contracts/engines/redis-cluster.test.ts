import { startClusterRedis } from '../../support/engines/redis-server.ts';
import { engineContract } from '../../../src/contracts/engines/contract.ts';
import { redisSubjects } from './redis.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('engine redis that rejects scripts across shards', engineContract(redisSubjects(startClusterRedis)));
