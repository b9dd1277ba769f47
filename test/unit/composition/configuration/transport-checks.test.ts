import { expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

function warningsOf(...argv: string[]): readonly string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? resolved.value.warnings : [];
}

it('warns about an option that the chosen transport ignores, and about none with the transport auto', () => {
  expect(warningsOf('--transport', 'uws', '--keep_alive_timeout', '9000')).toEqual([
    '--keep_alive_timeout has no effect, because --transport is uws: remove one of them',
  ]);
  expect(warningsOf('--keep_alive_timeout', '9000', '--handshake_timeout', '9000', '--uws', 'x')).toEqual([]);
});

it('H10: warns about a trusted subnet of all addresses', () => {
  expect(warningsOf('--proxied', '0.0.0.0/0')).toEqual([
    '--proxied has 0.0.0.0/0, which trusts every client to name its own address: list only the addresses of your proxies',
  ]);
  expect(warningsOf('--proxied', '10.0.0.0/8,::1')).toEqual([]);
});
