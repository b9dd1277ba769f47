import { describe, expect, it } from 'vitest';
import { resolveSetup, StartFailed } from '../../../../conformance/server/servers.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

describe('a setup comes to', () => {
  const { 'messages expire': expire, calm } = SETUPS;

  it('its own settings where they can be set', () => {
    expect(resolveSetup(expire, { path: '/x' }, () => true, '')).toEqual({ settings: { path: '/x', ...expire.settings } });
  });

  it('what was told where they can not', () => {
    expect(resolveSetup(expire, { expire_timeout: 2_000 }, () => false, '')).toEqual({ settings: { expire_timeout: 2_000 } });
    expect(resolveSetup(calm, {}, () => false, '')).toEqual({ settings: {} });
  });

  it('nothing where something is not known, or does not fit', () => {
    expect(resolveSetup(expire, {}, () => false, 'not told:')).toEqual({ missing: 'not told: --expire-timeout' });
    expect(resolveSetup(expire, { expire_timeout: 60_000 }, () => false, '')).toEqual({
      missing: 'needs a server with expire-timeout of at most 6000',
    });
  });
});

it('a start that failed has a name', () => expect(new StartFailed('so').name).toBe('StartFailed'));
