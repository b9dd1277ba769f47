import { describe, expect, it } from 'vitest';
import type { Setup } from '../../../conformance/setup.ts';
import { unmetRequirement, SETUPS, type SetupName } from '../../../conformance/setups.ts';

const NAMES = Object.keys(SETUPS) as SetupName[];

describe('a setup', () => {
  it.each(NAMES)('%s: meets its own requirements, and requires only its own settings', (name) => {
    const { settings, requires, unmet }: Setup = SETUPS[name];
    expect(unmet?.(settings)).toBeUndefined();
    expect(requires.filter((need) => settings[need] === undefined)).toEqual([]);
  });

  it.each([
    [
      'messages expire',
      { expire_timeout: 60_000 },
      'requires --expire-timeout of at most 6000; configure the server, then pass the flag',
    ],
    [
      'mailboxes',
      { expire_timeout: 100 },
      'requires --expire-timeout of at least 1000; configure the server, then pass the flag',
    ],
    ['no discovery', { allow_discovery: true }, 'requires a server without discovery; disable allow_discovery'],
    ['low message rate limit', { messages_per_second: 10, message_burst: 10, on_flood: 'pause' }, 'requires --on-flood close'],
    ['path prefix', {}, 'requires a path prefix; configure one, then pass --path'],
  ] as const)('%s: returns the unmet requirement of another server', (name, settings, missing) => {
    expect(SETUPS[name].unmet?.(settings)).toBe(missing);
  });

  it('adds the timeout of the server to the patience', () => {
    expect(SETUPS['messages expire'].extraWait?.({ expire_timeout: 5_000 })).toBe(6_000);
    expect(SETUPS['short liveness timeout'].extraWait?.({ alive_timeout: 1_000, cleanup_out_msgs: 100 })).toBe(2_200);
    expect(SETUPS['long timeouts'].extraWait).toBeUndefined();
  });
});

describe('general limits', () => {
  it('must allow many parallel peers and requests', () => {
    const { 'long timeouts': calm, 'low concurrent limit': few } = SETUPS;
    expect(unmetRequirement(calm, {})).toBeUndefined();
    expect(unmetRequirement(calm, { http_rate_limit: 0 })).toBeUndefined();
    expect(unmetRequirement(calm, { concurrent_limit: 2 })).toBe(
      'requires --concurrent-limit of at least 300; configure the server, then pass the flag',
    );
    expect(unmetRequirement(calm, { http_rate_limit: 5 })).toBe(
      'requires --http-rate-limit of at least 1000; configure the server, then pass the flag',
    );
    expect(unmetRequirement(few, { concurrent_limit: 2 })).toBeUndefined();
  });

  it('A1: must admit clients without a JSON Web Token, unless the cases are about tokens', () => {
    const auth = { auth: 'required', auth_key: 'a secret', auth_failures_per_minute: 0 };
    expect(unmetRequirement(SETUPS['long timeouts'], auth)).toBe(
      'requires a server that admits clients without a JSON Web Token',
    );
    expect(unmetRequirement(SETUPS['required authentication'], auth)).toBeUndefined();
  });
});
