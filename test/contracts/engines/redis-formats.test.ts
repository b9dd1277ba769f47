import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { FormatCheck } from '../../../src/adapters/engines/redis/format-check.ts';
import { RedisPeerDirectory } from '../../../src/adapters/engines/redis/directory.ts';
import type { ScriptRunner } from '../../../src/adapters/engines/redis/script-runner.ts';
import { UNMARKED_VERSION } from '../../../src/adapters/engines/shared/format-version.ts';
import { nodeId, realmKey } from '../../../src/domain/ids.ts';
import { until } from '../../support/e2e/until.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { admin, redisSubjects, Shared } from './redis.ts';
import { LEASE } from '../../../src/contracts/engines/fixture.ts';

const GREEN = realmKey('green');
const PATIENCE_MS = 40_000;
const [OWN, NEWER] = [UNMARKED_VERSION, UNMARKED_VERSION + 1];

redisSubjects(startRedis);

describe('the format versions at one Redis', () => {
  let shared: Shared;
  let leftBehind: number[];
  beforeEach(async () => {
    shared = await Shared.start();
    leftBehind = [];
  });
  afterEach(() => shared.dispose());

  const connected = async (name: string): Promise<ScriptRunner> => {
    const runner = shared.runner(nodeId(name));
    await runner.started;
    return runner;
  };
  const check = (runner: ScriptRunner, version: number): FormatCheck => {
    const onFault = (error: unknown): never => {
      throw new Error(String(error));
    };
    return new FormatCheck(runner, {
      realms: [GREEN],
      lease: LEASE,
      onLeftBehind: (left) => void leftBehind.push(left),
      onFault,
      version,
    });
  };

  it('a node without a mark is known by its lease', async () => {
    const old = new RedisPeerDirectory(await connected('old'), { realms: [GREEN], lease: LEASE, concurrentLimit: 0 });
    await new Promise((resolve) => old.renewLease(nodeId('old'), resolve));
    const newer = check(await connected('newer'), NEWER);
    expect(await newer.run()).toBe(false);
    expect(newer.foreignVersion).toBe(UNMARKED_VERSION);
    shared.now += LEASE;
    expect(await newer.run()).toBe(true);
    expect(newer.foreignVersion).toBeUndefined();
  });

  it('a node whose mark has ended is not taken for a node without a mark', async () => {
    const [first, second] = [await connected('first'), await connected('second')];
    expect(await check(first, NEWER).run()).toBe(true);
    shared.now += LEASE / 2;
    const directory = new RedisPeerDirectory(first, { realms: [GREEN], lease: LEASE, concurrentLimit: 0 });
    await new Promise((resolve) => directory.renewLease(nodeId('first'), resolve));
    shared.now += LEASE / 2;
    expect(await check(second, NEWER).run()).toBe(true);
  });

  it('data of ended nodes of another version are reported', async () => {
    expect(await check(await connected('newer'), NEWER).run()).toBe(true);
    shared.now += 2 * LEASE;
    const own = check(await connected('own'), OWN);
    expect([await own.run(), await own.run()]).toEqual([true, true]);
    expect(leftBehind).toEqual([NEWER]);
  });

  it('no command runs while nodes of another version are alive, and waiting commands run afterwards', async () => {
    const runner = await connected('own');
    const own = check(runner, OWN);
    const directory = new RedisPeerDirectory(runner, { realms: [GREEN], lease: LEASE, concurrentLimit: 0 });
    const newer = await connected('newer');
    expect([await own.run(), await check(newer, NEWER).run()]).toEqual([true, false]);
    shared.now += LEASE;
    expect(await check(newer, NEWER).run()).toBe(true);
    const changes: (number | undefined)[] = [];
    own.onChange((version) => void changes.push(version));
    own.start();
    await until(PATIENCE_MS, 'the check', () => !runner.isReady || undefined);
    const kept = new Promise((resolve) => directory.renewLease(nodeId('own'), resolve));
    expect(await admin.exists('signalbox:{green}:nodes')).toBe(0);
    shared.now += LEASE;
    expect(await kept).toBe('unknown');
    expect(changes).toEqual([NEWER, undefined]);
    own.stop();
  });

  it('the mark is renewed when Redis is out of memory', async () => {
    const own = check(await connected('own'), OWN);
    expect(await own.run()).toBe(true);
    await admin.config('SET', 'maxmemory', '1');
    shared.now += LEASE / 2;
    expect(await own.run()).toBe(true);
    await admin.config('SET', 'maxmemory', '0');
    expect(Number(await admin.zscore('signalbox:{green}:formats', `${OWN} own`))).toBe(shared.now + LEASE);
  });
});
