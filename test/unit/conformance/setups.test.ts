import { describe, expect, it } from 'vitest';
import type { Setup } from '../../../conformance/setup.ts';
import { unmetRequirement, SETUPS, type SetupName } from '../../../conformance/setups.ts';

const NAMES = Object.keys(SETUPS) as SetupName[];

describe('a setup', () => {
  it.each(NAMES)('%s: fits itself, and needs only what it sets', (name) => {
    const { settings, requires, unmet }: Setup = SETUPS[name];
    expect(unmet?.(settings)).toBeUndefined();
    expect(requires.filter((need) => settings[need] === undefined)).toEqual([]);
  });

  it.each([
    ['messages expire', { expire_timeout: 60_000 }, 'needs a server with expire-timeout of at most 6000'],
    ['messages wait', { expire_timeout: 100 }, 'needs a server with expire-timeout of at least 1000'],
    ['no discovery', { allow_discovery: true }, 'needs a server that lists no peers'],
    ['few messages', { messages_per_second: 10, message_burst: 10, on_flood: 'pause' }, 'needs on_flood to be close'],
    ['below a path', {}, 'needs a server that is not at the root: --path'],
  ] as const)('%s: says what another server lacks', (name, settings, missing) => {
    expect(SETUPS[name].unmet?.(settings)).toBe(missing);
  });

  it('that is about time waits for that time too', () => {
    expect(SETUPS['messages expire'].extraWait?.({ expire_timeout: 5_000 })).toBe(6_000);
    expect(SETUPS['short patience'].extraWait?.({ alive_timeout: 1_000, cleanup_out_msgs: 100 })).toBe(2_200);
    expect(SETUPS.calm.extraWait).toBeUndefined();
  });
});

describe('a server that many cases share', () => {
  it('must have room for them', () => {
    const { calm, 'few peers': few } = SETUPS;
    expect(unmetRequirement(calm, {})).toBeUndefined();
    expect(unmetRequirement(calm, { http_rate_limit: 0 })).toBeUndefined();
    expect(unmetRequirement(calm, { concurrent_limit: 2 })).toBe('needs a server with concurrent-limit of at least 300');
    expect(unmetRequirement(calm, { http_rate_limit: 5 })).toBe('needs a server with http-rate-limit of at least 1000');
    expect(unmetRequirement(few, { concurrent_limit: 2 })).toBeUndefined();
  });
});
