import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { fileOf } from '../../../../src/composition/configuration/config-file.ts';
import { completeIceSource, REALM_OPTIONS } from '../../../../src/composition/configuration/realm-options.ts';
import { ROOT } from '../../../architecture/tree.ts';
import { titleWithoutSecrets } from '../../../../src/composition/process-title.ts';

const SECRET = 'canary-0123456789';
const TURN = 'turns:turn.example.org:443?transport=tcp';
const GREEN = { ice: { stun: ['stun:a'], turn: TURN, turnSecret: SECRET, turn_ttl: 600 } };

function errorsFor(realms: unknown, key: readonly string[] = ['green']): string[] {
  const resolved = resolveConfig({ given: { realms, key } });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

describe('options of single realms', () => {
  it('I13: are read from an object or from JSON, in each spelling', () => {
    const ice = { stun: ['stun:a'], turn: [TURN], turn_secret: [SECRET], turn_ttl: 600 };
    for (const realms of [{ green: GREEN }, JSON.stringify({ green: GREEN })]) {
      const resolved = resolveConfig({ given: { realms, key: ['green'] } });
      expect(resolved.ok && resolved.value.config.realms).toEqual({ green: { ice } });
    }
    const env = { SIGNALBOX_REALMS: '{"peerjs":{"ice":{}}}' };
    expect(resolveConfig({ env })).toMatchObject({ ok: true, value: { config: { realms: { peerjs: { ice: {} } } } } });
  });

  it('I13: name the member that is not allowed', () => {
    expect(errorsFor({ green: { ice: { turn: 'turn://a', turn_secret: SECRET } } })).toEqual([
      "realms is an object whose green.ice.turn is 'turn://a'; it must be an object of realms by key, each with an object ice: " +
        "green.ice.turn must be TURN URLs such as 'turn:turn.example.org?transport=udp' or " +
        "'turns:turn.example.org:443?transport=tcp'",
    ]);
    for (const [realms, path] of [
      [{ green: 1 }, 'green must be an object'],
      [{ green: { ice: [] } }, 'green.ice must be an object'],
      [{ green: { key: 'x' } }, 'green.key must be removed'],
      [{ green: { ice: { ice_access: 'everybody' } } }, 'green.ice.ice_access must be one of stun'],
      [{ green: { ice: { __proto__x: 1 } } }, 'green.ice.__proto__x must be one of'],
      [{ green: { ice: { turn_ttl: 1 } } }, 'green.ice.turn_ttl must be a whole number'],
    ] as const) {
      expect(errorsFor(realms), path).toEqual([expect.stringContaining(path)]);
    }
    for (const realms of [1, [], '[]', '{', null]) expect(errorsFor(realms), String(realms)).toHaveLength(1);
  });

  it('I13: conflict like the options of the broker', () => {
    expect(errorsFor({ green: { ice: { turn: TURN } } })).toEqual([
      'green.ice.turn of realms is given without credentials, which browsers reject: add turn_secret, or turn_user and turn_password',
    ]);
    expect(errorsFor({ 'team-*': {}, 'team-1': {} }, ['team-*'])).toEqual([]);
    expect(errorsFor({ blue: { ice: {} } })).toEqual([
      'realms has options for blue, which is not in key: add it to key, or remove it',
    ]);
  });

  it('I13: warn like the options of the broker', () => {
    const realms = { green: { ice: { turn: 'turn:a', turn_secret: SECRET } } };
    const resolved = resolveConfig({ given: { realms, key: ['green'] } });
    expect(resolved.ok && resolved.value.warnings).toEqual([
      expect.stringContaining('green.ice.turn of realms has no turns: URL on port 443'),
    ]);
  });

  it('I13: are printed without secrets, which are in no error either', () => {
    const resolved = resolveConfig({ given: { realms: { green: GREEN }, key: ['green'] } });
    const file = resolved.ok ? fileOf(resolved.value.settings) : expect.fail();
    expect(file.realms).toEqual({ green: { ice: { stun: ['stun:a'], turn: [TURN], turn_ttl: 600 } } });
    const text = JSON.stringify({ green: GREEN });
    expect(titleWithoutSecrets(['--realms', text, '--port', '1'])).toBe('signalbox --port=1');
    for (const realms of [
      { green: { ice: { turn_secret: 'canary' } } },
      { green: { ice: { unknown: SECRET } } },
      { green: { unknown: SECRET } },
      `{ "green": ${SECRET}`,
    ]) {
      expect(errorsFor(realms).join()).toMatch(/^(?!.*canary)realms/);
    }
  });

  it('I13: have defaults for missing members', () => {
    expect(completeIceSource({ stun: ['stun:a'] }, 600)).toMatchObject({
      stun: ['stun:a'],
      turn: [],
      turn_secret: [],
      turn_ttl: 600,
    });
    expect(completeIceSource({ turn_ttl: 60 }, 600).turn_ttl).toBe(60);
    expect(REALM_OPTIONS.realms.default).toBeUndefined();
  });

  it('I13: are valid in the example of docs/ice-servers.md', () => {
    const page = readFileSync(join(ROOT, 'docs/ice-servers.md'), 'utf8');
    const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
    const resolved = resolveConfig({ argv: ['--config', 'x.json'], readFile: () => example });
    expect(resolved).toMatchObject({
      ok: true,
      value: { warnings: [], config: { realms: { team: { ice: { turn_ttl: 600 } } } } },
    });
  });
});
