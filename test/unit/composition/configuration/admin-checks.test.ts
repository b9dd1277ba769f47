import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

const TOKEN = 'x'.repeat(32);

function outcome(...argv: string[]): readonly string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? resolved.value.warnings : resolved.refusal.map(({ message }) => message);
}

describe('the options of the admin listener', () => {
  it.each(['0.0.0.0:9001', '[::]:9001', '192.0.2.1:9001', 'admin.test:9001'])('ADM1: need a token at %s', (place) => {
    expect(outcome('--admin', place)).toEqual([
      '--admin is not a loopback address: add admin_token, or listen on 127.0.0.1 or on a UNIX socket',
    ]);
    expect(outcome('--admin', place, '--admin_token', TOKEN)).toEqual([]);
  });

  it.each(['127.0.0.1:9001', '127.8.9.1:9001', '[::1]:9001', 'localhost:9001', 'unix:/run/admin.sock'])(
    'ADM1: need no token at %s',
    (place) => expect(outcome('--admin', place)).toEqual([]),
  );

  it('ADM10: have two different tokens, or no viewer token', () => {
    const viewer = ['--admin', '127.0.0.1:9001', '--admin_viewer_token', TOKEN];
    expect(outcome(...viewer)).toEqual(['--admin_viewer_token is given without admin_token, so everybody may act: add it']);
    expect(outcome(...viewer, '--admin_token', TOKEN)).toEqual([
      '--admin_viewer_token is the same as admin_token: use two secrets',
    ]);
    expect(outcome(...viewer, '--admin_token', 'y'.repeat(32))).toEqual([]);
  });

  it('have no effect without a listener', () => {
    expect(outcome('--admin_token', TOKEN, '--admin_hosts', 'a.test')).toEqual([
      '--admin_token has no effect without admin: add it, or remove the option',
      '--admin_hosts has no effect without admin: add it, or remove the option',
    ]);
  });
});
