import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { fileOf } from '../../../../src/composition/configuration/config-file.ts';
import { titleWithoutSecrets } from '../../../../src/composition/process-title.ts';
import { SECRET } from '../../../support/tokens.ts';

const REQUIRED = ['--auth', 'required'];
const KEY = ['--auth_key', SECRET];
const JWKS = ['--auth_jwks', 'https://login.example.org/keys'];
const ISSUERS = ['--auth_issuers', JSON.stringify([{ issuer: 'us', key: SECRET }])];
const SHARED = ['--auth_issuers', JSON.stringify([{ issuer: 'us', jwks: 'https://a.example/' }])];

function errors(...argv: string[]): string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

function warnings(...argv: string[]): readonly string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? resolved.value.warnings : expect.fail(errors(...argv).join());
}

describe('contradictory options of authentication', () => {
  it.each([KEY, ISSUERS, ['--reserved_ids', 'support']])('A1: %s without auth is refused', (...option) => {
    expect(errors(...option)).toEqual([
      `${option[0]} has no effect while auth is open, so every client may connect: add --auth required, or remove the option`,
    ]);
    expect(errors(...option, ...REQUIRED, ...(option[0] === '--reserved_ids' ? KEY : []))).toEqual([]);
  });

  it.each(['required', 'optional'])('A1: %s without a key is refused', (mode) => {
    expect(errors('--auth', mode)).toEqual([
      `--auth is ${mode}, and no key verifies tokens: add auth_key, auth_jwks, auth_issuers or auth_url`,
    ]);
  });

  it('A2: two sources of keys are refused', () => {
    const remedy = 'exclude each other: name both issuers in auth_issuers, or remove one of them';
    expect(errors(...REQUIRED, ...KEY, ...JWKS)).toEqual([`--auth_key and --auth_jwks ${remedy}`]);
    expect(errors(...REQUIRED, ...KEY, ...ISSUERS)).toEqual([`--auth_key and --auth_issuers ${remedy}`]);
    expect(errors(...REQUIRED, ...ISSUERS, '--auth_issuer', 'us')).toEqual([
      '--auth_issuer has no effect together with auth_issuers, which names its issuers: remove one of them',
    ]);
  });

  it('A10: a key set needs an issuer and an audience', () => {
    const why = (source: string, missing: string): string =>
      `${source} has a key set, and an identity provider signs tokens of many applications: add ${missing}`;
    expect(errors(...REQUIRED, ...JWKS)).toEqual([why('--auth_jwks', 'auth_issuer'), why('--auth_jwks', 'auth_audience')]);
    expect(errors(...REQUIRED, ...SHARED)).toEqual([why('--auth_issuers', 'auth_audience')]);
    expect(errors(...REQUIRED, ...JWKS, '--auth_issuer', 'us', '--auth_audience', 'app')).toEqual([]);
    expect(errors(...REQUIRED, ...SHARED, '--auth_audience', 'app')).toEqual([]);
  });
});

describe('likely mistakes in options of authentication', () => {
  it('A1: warns about options that have no effect while auth is open', () => {
    expect(warnings('--auth_audience', 'app', '--auth_leeway', '1')).toEqual([
      '--auth_audience has no effect while auth is open: add --auth required, or remove the option',
      '--auth_leeway has no effect while auth is open: add --auth required, or remove the option',
    ]);
    expect(warnings(...REQUIRED, ...KEY, '--auth_audience', 'app')).toEqual([]);
  });

  it('MER7: Mercure uses the keys of authentication', () => {
    expect(warnings('--dialects', 'mercure')).toHaveLength(1);
    expect(warnings('--dialects', 'mercure', ...REQUIRED, ...KEY)).toEqual([]);
  });
});

describe('secrets of authentication', () => {
  it('are not printed', () => {
    for (const options of [KEY, ISSUERS]) {
      const resolved = resolveConfig({ argv: [...REQUIRED, ...options] });
      const { settings } = resolved.ok ? resolved.value : expect.fail();
      expect(fileOf(settings)).not.toHaveProperty('auth_key');
      expect(JSON.stringify(fileOf(settings))).not.toContain(SECRET);
      expect(titleWithoutSecrets([...REQUIRED, ...options])).toBe('signalbox --auth=required');
    }
  });

  it('are not shown in errors', () => {
    const attempts = [
      ['--auth_key', SECRET.slice(0, 20)],
      ['--auth_issuers', JSON.stringify([{ issuer: 'us', key: SECRET, jwks: SECRET }])],
      ['--auth_issuers', SECRET],
      ['--auth_jwks', `https://user:${SECRET.replaceAll(/[ ,]/g, '')}@a.example/`],
    ];
    for (const attempt of attempts) {
      const [error = ''] = errors(...REQUIRED, ...attempt);
      expect(error).toMatch(/not shown|hidden/);
      expect(error).not.toContain(SECRET.slice(10, 25));
    }
  });

  it('come from the environment, too', () => {
    const env = { SIGNALBOX_AUTH: 'required', SIGNALBOX_AUTH_KEY: `${SECRET.replace(',', '')},${SECRET.replace(',', ' ')}` };
    const resolved = resolveConfig({ env });
    expect(resolved.ok && resolved.value.config.authKeys).toHaveLength(2);
  });
});
