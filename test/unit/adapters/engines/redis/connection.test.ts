import { expect, it } from 'vitest';
import { openConnection } from '../../../../../src/adapters/engines/redis/connection.ts';

it('asks a Redis that refuses connections or loads its data again after 250 ms at most', () => {
  const redis = openConnection('redis://127.0.0.1:1');
  const { retryStrategy, sentinelRetryStrategy, maxLoadingRetryTime } = redis.options;
  redis.disconnect();
  expect([retryStrategy?.(1), retryStrategy?.(100), sentinelRetryStrategy?.(100), maxLoadingRetryTime]).toEqual([
    50, 250, 250, 250,
  ]);
});
