import { describe, expect, it } from 'vitest';
import { resolveSetup, StartFailed } from '../../../../conformance/server/servers.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

describe('resolving a setup', () => {
  const { 'messages expire': expire, 'long timeouts': calm } = SETUPS;

  it('uses its settings if the suite can set them', () => {
    expect(resolveSetup(expire, { path: '/x' }, () => true, '')).toEqual({ settings: { path: '/x', ...expire.settings } });
  });

  it('uses the declared settings otherwise', () => {
    expect(resolveSetup(expire, { expire_timeout: 2_000 }, () => false, '')).toEqual({ settings: { expire_timeout: 2_000 } });
    expect(resolveSetup(calm, {}, () => false, '')).toEqual({ settings: {} });
  });

  it('fails for an unknown or unsuitable setting', () => {
    expect(resolveSetup(expire, {}, () => false, 'unknown:')).toEqual({ missing: 'unknown: --expire-timeout' });
    expect(resolveSetup(expire, { expire_timeout: 60_000 }, () => false, '')).toEqual({
      missing: 'requires --expire-timeout of at most 6000; configure the server, then pass the flag',
    });
  });
});

it('StartFailed has a name', () => expect(new StartFailed('so').name).toBe('StartFailed'));
