import { describe, expect, it } from 'vitest';
import type { Setup } from '../../../conformance/setup.ts';
import { lacks, SETUPS, type SetupName } from '../../../conformance/setups.ts';

const NAMES = Object.keys(SETUPS) as SetupName[];

describe('a setup', () => {
  it.each(NAMES)('%s: fits itself, and needs only what it sets', (name) => {
    const { settings, needs, fits }: Setup = SETUPS[name];
    expect(fits?.(settings)).toBeUndefined();
    expect(needs.filter((need) => settings[need] === undefined)).toEqual([]);
  });

  it.each([
    ['messages expire', { expire_timeout: 60_000 }, 'needs a server with expire-timeout of at most 6000'],
    ['messages wait', { expire_timeout: 100 }, 'needs a server with expire-timeout of at least 1000'],
    ['no discovery', { allow_discovery: true }, 'needs a server that lists no peers'],
    ['few messages', { messages_per_second: 10, message_burst: 10, on_flood: 'pause' }, 'needs on_flood to be close'],
    ['below a path', {}, 'needs a server that is not at the root: --path'],
  ] as const)('%s: says what another server lacks', (name, settings, missing) => {
    expect(SETUPS[name].fits?.(settings)).toBe(missing);
  });

  it('that is about time waits for that time too', () => {
    expect(SETUPS['messages expire'].waits?.({ expire_timeout: 5_000 })).toBe(6_000);
    expect(SETUPS['short patience'].waits?.({ alive_timeout: 1_000, cleanup_out_msgs: 100 })).toBe(2_200);
    expect(SETUPS.calm.waits).toBeUndefined();
  });
});

describe('a server that many cases share', () => {
  it('must have room for them', () => {
    const { calm, 'few peers': few } = SETUPS;
    expect(lacks(calm, {})).toBeUndefined();
    expect(lacks(calm, { http_rate_limit: 0 })).toBeUndefined();
    expect(lacks(calm, { concurrent_limit: 2 })).toBe('needs a server with concurrent-limit of at least 300');
    expect(lacks(calm, { http_rate_limit: 5 })).toBe('needs a server with http-rate-limit of at least 1000');
    expect(lacks(few, { concurrent_limit: 2 })).toBeUndefined();
  });
});
