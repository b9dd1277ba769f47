import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { ScriptRunner } from '../../../../../src/adapters/engines/redis/script-runner.ts';
import type { NodeId, RealmKey } from '../../../../../src/domain/ids.ts';

it('promise 5: queues at most 64 MiB of UTF-8 while Redis is unreachable', () => {
  const redis = Object.assign(new EventEmitter(), { status: 'connecting' }) as unknown as Redis;
  const runner = new ScriptRunner(redis, 'node' as NodeId, () => undefined);
  const text = '\u4e00'.repeat(8 * 1024 * 1024);
  let unavailable = 0;
  for (let n = 0; n < 5; n++) {
    runner.run(
      'put',
      'key' as RealmKey,
      [text],
      () => undefined,
      () => void unavailable++,
    );
  }
  expect(unavailable).toBe(3);
});
