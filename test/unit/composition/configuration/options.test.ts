import { describe, expect, it } from 'vitest';
import { spellingsOf } from '../../../../src/composition/configuration/option-names.ts';
import type { Option } from '../../../../src/composition/configuration/option.ts';
import { GROUPS, OPTION_NAMES, OPTIONS } from '../../../../src/composition/configuration/options.ts';

const ALL: readonly (readonly [string, Option<unknown, unknown>])[] = Object.entries(OPTIONS);

describe('the schema', () => {
  for (const [name, { default: usual, hardened, read }] of ALL) {
    it(`${name}: its defaults are valid and unchanged by parsing`, () => {
      if (usual !== undefined) expect(read(usual)).toEqual({ ok: true, value: usual });
      if (hardened !== undefined) expect(read(hardened)).toEqual({ ok: true, value: hardened });
    });

    it(`${name}: description and effect end with a full stop`, () => {
      const { description, effect = '.' } = OPTIONS[name as keyof typeof OPTIONS] as Option<unknown, unknown>;
      expect([description.at(-1), effect.at(-1)]).toEqual(['.', '.']);
    });
  }

  it('no two options share a letter or a variable', () => {
    const letters = ALL.flatMap(([, { short }]) => short ?? []);
    const variables = ALL.flatMap(([, { env }]) => env);
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set(variables).size).toBe(variables.length);
  });

  it('names are valid on the command line, in a file and in a program', () => {
    for (const name of OPTION_NAMES) expect(name).toMatch(/^[a-z]+(_[a-z]+\d?)*$/);
    expect(spellingsOf('key')).not.toContain('config');
  });

  it('every option is in one group', () => {
    expect(GROUPS.flatMap(([, names]) => names).sort()).toEqual([...OPTION_NAMES].sort());
    expect(GROUPS.map(([group]) => group)).toEqual([
      ...['Serving', 'Peers and messages', 'Pages and proxies', 'Authentication', 'ICE servers', 'Dialects'],
      ...[
        'Limits for messages',
        'Limits for absent peers',
        'Limits for topics',
        'Limits for memory',
        'Limits for connections',
        'Cluster',
        'Monitoring',
        'Administration',
        'Log',
        'Command line',
      ],
    ]);
  });
});

describe('compatibility with peer', () => {
  it('has the flags of peer and their letters', () => {
    const flags = ['port', 'host', 'key', 'path', 'expire_timeout', 'alive_timeout', 'concurrent_limit'] as const;
    const more = ['sslkey', 'sslcert', 'allow_discovery', 'proxied', 'cors'] as const;
    expect(OPTION_NAMES).toEqual(expect.arrayContaining([...flags, ...more]));
    const letters = { p: 'port', H: 'host', k: 'key', t: 'expire_timeout', c: 'concurrent_limit' } as const;
    for (const [letter, name] of Object.entries(letters)) expect(OPTIONS[name].short).toBe(letter);
  });

  it('has the defaults of peer', () => {
    const { port, host, key, path, expire_timeout, alive_timeout, concurrent_limit, cleanup_out_msgs, allow_discovery, proxied } =
      OPTIONS;
    expect([port.default, host.default, key.default, path.default]).toEqual([9000, '::', ['peerjs'], '/']);
    expect([expire_timeout.default, alive_timeout.default, concurrent_limit.default]).toEqual([5000, 60_000, 5000]);
    expect([cleanup_out_msgs.default, allow_discovery.default, proxied.default]).toEqual([1000, false, false]);
  });
});
