import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { fileOf } from '../../../../src/composition/configuration/config-file.ts';
import { titleWithoutSecrets } from '../../../../src/composition/process-title.ts';

const SECRET = 'canary-0123456789';
const TURNS = ['--turn', 'turns:turn.example.org:443?transport=tcp'];

function errors(...argv: string[]): string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

function warnings(...argv: string[]): readonly string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? resolved.value.warnings : expect.fail(errors(...argv).join());
}

describe('contradictory ICE options', () => {
  it('I10: rejects TURN without credentials', () => {
    expect(errors(...TURNS)).toEqual([
      '--turn is given without credentials, which browsers reject: add turn_secret, or turn_user and turn_password',
    ]);
    expect(errors(...TURNS, '--turn_secret', SECRET)).toEqual([]);
    expect(errors(...TURNS, '--turn_user', 'ann', '--turn_password', 'p')).toEqual([]);
  });

  it('I10: rejects half of the fixed credentials', () => {
    expect(errors(...TURNS, '--turn_user', 'ann')).toEqual([
      '--turn_user is given without turn_password; TURN needs both turn_user and turn_password',
    ]);
    expect(errors(...TURNS, '--turn_password', 'p')).toEqual([
      '--turn_password is given without turn_user; TURN needs both turn_user and turn_password',
    ]);
  });

  it('I10: rejects two kinds of credentials', () => {
    for (const [name, value] of [
      ['turn_user', 'ann'],
      ['turn_password', 'p'],
    ] as const) {
      expect(errors(...TURNS, '--turn_secret', SECRET, `--${name}`, value)).toEqual([
        `--turn_secret and --${name} exclude each other: remove one of them`,
      ]);
    }
  });

  it('I10: rejects credentials without TURN', () => {
    expect(errors('--turn_secret', SECRET)).toEqual([
      '--turn_secret is given without turn: add the URL of the TURN server, or remove the option',
    ]);
    expect(errors('--turn_user', 'ann', '--turn_password', 'p')).toHaveLength(2);
  });
});

describe('likely mistakes in ICE options', () => {
  const turn = ['--turn', 'turn:turn.example.org', '--turn_secret', SECRET];

  it('I10: warns about TURN without TLS on port 443', () => {
    expect(warnings(...turn)).toEqual([expect.stringContaining('--turn has no turns: URL on port 443')]);
    expect(warnings(...TURNS, '--turn_secret', SECRET)).toEqual([]);
  });

  it('I10: warns about many URLs', () => {
    const stun = ['a', 'b', 'c', 'd', 'e'].flatMap((host) => ['--stun', `stun:${host}`]);
    expect(warnings(...stun)).toEqual([expect.stringContaining('clients receive 5 URLs')]);
    expect(warnings(...stun.slice(2))).toEqual([]);
  });

  it('I4: warns about credentials for everybody and every origin', () => {
    const everybody = [...TURNS, '--turn_secret', SECRET, '--ice_access', 'everybody'];
    expect(warnings(...everybody)).toEqual([expect.stringContaining('--ice_access everybody gives TURN credentials')]);
    expect(warnings(...everybody, '--cors', 'https://a.example.org')).toEqual([]);
  });

  it('I14: warns if ICE servers are for peers of PeerJS, which is not served', () => {
    expect(warnings('--stun', 'stun:a', '--dialects', 'mercure', '--mercure_open')).toEqual([
      'ice_access peers gives ICE servers to peers of PeerJS, which is not served: use ice_access everybody',
    ]);
    expect(warnings('--stun', 'stun:a', '--dialects', 'relay', '--ice_access', 'everybody', '--path', '/x')).toEqual([]);
  });

  it('warns about options without effect', () => {
    expect(warnings('--turn_ttl', '600', '--ice_access', 'everybody', '--ice_rate_limit', '1')).toHaveLength(3);
  });
});

describe('secrets of TURN', () => {
  const argv = [...TURNS, '--turn_secret', SECRET, '--turn_secret', `${SECRET}-next`];
  const fixed = [...TURNS, '--turn_user', 'ann', '--turn_password', SECRET];

  it('are not printed with the configuration, and not in the process title', () => {
    for (const given of [argv, fixed]) {
      const resolved = resolveConfig({ argv: given });
      expect(resolved.ok && JSON.stringify(fileOf(resolved.value.settings))).not.toContain('canary');
      expect(titleWithoutSecrets(given)).toContain('--turn=');
      expect(titleWithoutSecrets(given)).not.toContain('canary');
    }
  });

  it('are not in errors', () => {
    const short = ['canary', 'canary with blanks 123', `canary-${'x'.repeat(255)}`];
    for (const secret of short) expect(errors(...TURNS, '--turn_secret', secret).join()).toMatch(/^(?!.*canary).*hidden/);
    expect(errors(...argv, '--turn_secret', `${SECRET}-third`).join()).toMatch(/^(?!.*canary).*one secret or two/);
    expect(errors(...TURNS, '--turn_user', 'ann', '--turn_password', 'canary\n').join()).toMatch(/^(?!.*canary).*hidden/);
  });

  it('are read from the environment, separated by commas; the first one signs', () => {
    const env = { SIGNALBOX_TURN: 'turns:a:443', SIGNALBOX_TURN_SECRET: `${SECRET}, ${SECRET}-next` };
    const resolved = resolveConfig({ env });
    expect(resolved.ok && resolved.value.config.turnSecret).toEqual([SECRET, `${SECRET}-next`]);
  });
});

describe('options of a provider', () => {
  const account = ['--ice_provider', 'twilio', '--ice_provider_id', 'AC1', '--ice_provider_secret', SECRET];
  const url = ['--ice_provider', 'url', '--ice_provider_url', `https://example.org/ice?key=${SECRET}`];

  it('I11: are complete', () => {
    expect([errors(...account), errors(...url), warnings(...account), warnings(...url)]).toEqual([[], [], [], []]);
    expect(errors('--ice_provider', 'metered')).toEqual([
      '--ice_provider metered needs ice_provider_id: add it',
      '--ice_provider metered needs ice_provider_secret: add it',
    ]);
    expect(errors('--ice_provider', 'url')).toEqual(['--ice_provider url needs ice_provider_url: add it']);
  });

  it('I11: are rejected without a provider, and with another source of TURN servers', () => {
    expect(errors('--ice_provider_id', 'AC1')).toEqual([
      '--ice_provider_id is given without ice_provider: name the provider, or remove the option',
    ]);
    expect(errors(...url, '--ice_provider_id', 'AC1')).toEqual(['--ice_provider_id is not used by ice_provider url: remove it']);
    expect(errors(...account, ...TURNS, '--turn_secret', SECRET)).toEqual([
      '--ice_provider and --turn exclude each other: remove one of them',
    ]);
  });

  it('I11: have a URL with https, or http on loopback', () => {
    for (const good of ['https://a.example.org/ice?x=1', 'http://127.0.0.1:80/', 'http://[::1]/', 'http://localhost:8080/ice']) {
      expect(errors('--ice_provider', 'url', '--ice_provider_url', good), good).toEqual([]);
    }
    for (const bad of ['http://a.example.org', 'https://user:pw@a.example.org', 'ftp://a', 'a', 'http://127.evil.example.org/']) {
      expect(errors('--ice_provider', 'url', '--ice_provider_url', bad).join(), bad).toMatch(/an https URL without user/);
    }
  });

  it('I11: are not printed, and not in errors', () => {
    for (const argv of [account, url]) {
      const resolved = resolveConfig({ argv });
      expect(resolved.ok && JSON.stringify(fileOf(resolved.value.settings))).not.toContain('canary');
      expect(titleWithoutSecrets(argv)).toMatch(/^(?!.*canary).*--ice_provider=/);
    }
    for (const [name, value] of [
      ['ice_provider_secret', 'canary with blanks'],
      ['ice_provider_url', 'http://example.org/canary'],
    ] as const) {
      expect(errors(`--${name}`, value).join()).toMatch(/^(?!.*canary).*hidden/);
    }
  });

  it('I4: warn about credentials for everybody and every origin', () => {
    expect(warnings(...url, '--ice_access', 'everybody')).toEqual([expect.stringContaining('every origin')]);
  });
});
