import { describe, expect, it } from 'vitest';
import { defaultConfig, resolveConfig } from '../../../src/composition/configuration/config.ts';
import { optionsInEffect } from '../../../src/composition/options-in-effect.ts';

describe('the options in effect', () => {
  it('have the place of each value', () => {
    const resolved = resolveConfig({
      argv: ['--port', '7000', '--sslkey', 'k.pem', '--sslcert', 'c.pem'],
      env: { SIGNALBOX_PATH: '/a' },
    });
    if (!resolved.ok) throw new Error('the options are valid');
    const options = optionsInEffect(resolved.value.config);
    expect(options).toEqual(
      expect.arrayContaining([
        { name: 'port', value: 7_000, source: '--port' },
        { name: 'path', value: '/a/', source: 'SIGNALBOX_PATH' },
        { name: 'host', value: '::', source: undefined },
        { name: 'sslkey', value: 'k.pem', source: '--sslkey' },
      ]),
    );
    expect(options.map(({ name }) => name)).not.toContain('help');
  });

  it('hide every secret, also in a copy of the configuration', () => {
    const secret = 'secret-secret-secret-secret-secret-secret';
    const argv = [
      '--auth',
      'required',
      '--auth_key',
      secret,
      '--admin_token',
      secret,
      '--turn',
      'turn:a.test',
      '--turn_secret',
      secret,
    ];
    const resolved = resolveConfig({ argv: [...argv, '--cluster', 'redis://user:secret-secret@host'] });
    if (!resolved.ok) throw new Error('the options are valid');
    for (const config of [resolved.value.config, { ...resolved.value.config }]) {
      const text = JSON.stringify(optionsInEffect(config));
      expect(text).not.toContain('secret-secret');
      expect(text).toContain('{"name":"admin_token","value":"hidden"');
    }
  });

  it('show an absent secret as absent', () => {
    expect(optionsInEffect(defaultConfig())).toContainEqual({ name: 'admin_token', value: undefined, source: undefined });
  });
});
