import { describe, expect, it } from 'vitest';
import { resolveConfig, type Sources } from '../../../../src/composition/configuration/config.ts';
import { secretOfFile } from '../../../../src/composition/configuration/secret-files.ts';
import { titleWithoutSecrets } from '../../../../src/composition/process-title.ts';

const [SECRET, OTHER] = ['a'.repeat(32), 'b'.repeat(32)] as [string, string];
const FILES: Readonly<Record<string, string>> = { '/run/one': `${SECRET}\n`, '/run/two': OTHER };

/** The secret of TURN, or the error messages. */
function read(sources: Sources, files = FILES): unknown {
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw new Error('ENOENT: no such file');
    return content;
  };
  const resolved = resolveConfig({ readFile, ...sources });
  return resolved.ok ? resolved.value.config.adminToken : resolved.refusal.map(({ message }) => message);
}

const withConfig = (content: string): Readonly<Record<string, string>> => ({ ...FILES, 's.json': content });

describe('a file with the value of a secret', () => {
  it.each([
    ['--admin_token_file', ['--admin', '127.0.0.1:1', '--admin_token_file', '/run/one']],
    ['--admin-token-file', ['--admin', '127.0.0.1:1', '--admin-token-file=/run/one']],
    ['--adminTokenFile', ['--admin', '127.0.0.1:1', '--adminTokenFile', '/run/one']],
  ])('is named by %s', (_, argv) => {
    expect(read({ argv })).toBe(SECRET);
  });

  it('is named by a variable, which a flag overrides', () => {
    const env = { SIGNALBOX_ADMIN: '127.0.0.1:1', SIGNALBOX_ADMIN_TOKEN_FILE: '/run/one' };
    expect(read({ env })).toBe(SECRET);
    expect(read({ env, argv: ['--admin_token_file', '/run/two'] })).toBe(OTHER);
    expect(read({ env: { ...env, SIGNALBOX_ADMIN_TOKEN: OTHER } })).toBe(OTHER);
  });

  it('is named by the config file', () => {
    const content = withConfig('{"admin": "127.0.0.1:1", "admin_token_file": "/run/one"}');
    expect(read({ argv: ['--config', 's.json'] }, content)).toBe(SECRET);
  });

  it('belongs to a list', () => {
    const argv = ['--auth', 'required', '--auth_key_file', '/run/one', '--auth_key_file', '/run/two'];
    const resolved = resolveConfig({ argv, readFile: (path) => FILES[path] ?? '' });
    expect(resolved.ok && resolved.value.settings.auth_key).toHaveLength(2);
  });

  it('is refused if it can not be read, is no path, or is given together with the value', () => {
    expect(read({ argv: ['--admin_token_file', '/nowhere'] })).toEqual([
      "--admin_token_file is '/nowhere', which can't be read: ENOENT: no such file",
    ]);
    expect(read({ argv: ['--admin_token_file'] })).toEqual(['--admin_token_file has no value; it must be the path of a file']);
    expect(read({ argv: ['--config', 's.json'] }, withConfig('{"admin_token_file": 7}'))).toEqual([
      'admin_token_file in s.json is 7; it must be the path of a file',
    ]);
    const both = `{"admin_token": "${SECRET}", "admin_token_file": "/run/one"}`;
    expect(read({ argv: ['--config', 's.json'] }, withConfig(both))).toEqual([
      'admin_token and admin_token_file in s.json are one option: give it once',
    ]);
  });

  it('does not show a value that is invalid', () => {
    expect(String(read({ argv: ['--admin_token_file', '/run/short'] }, { '/run/short': 'hunter2' }))).not.toContain('hunter2');
  });

  it('is no option of a program', () => {
    expect(read({ given: { admin_token_file: '/run/one' } })).toEqual([
      expect.stringContaining('admin_token_file is not an option'),
    ]);
  });

  it('exists for secrets only', () => {
    expect(['auth_key_file', 'auth-key-file', 'authKeyFile', 'port_file', 'nonsense_file', '_file'].map(secretOfFile)).toEqual([
      ...['auth_key', 'auth_key', 'auth_key'],
      ...[undefined, undefined, undefined],
    ]);
  });

  it('leaves the process title without secrets', () => {
    expect(titleWithoutSecrets(['--port', '1', '--admin_token_file', '/run/one'])).toBe('signalbox --port=1');
  });
});
