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
