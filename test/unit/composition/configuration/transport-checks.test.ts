import { expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

function warningsOf(...argv: string[]): readonly string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? resolved.value.warnings : [];
}

it('warns about a library that the transport node does not load', () => {
  expect(warningsOf('--transport', 'node', '--uws', 'x')).toEqual([
    '--uws has no effect, because --transport is node: remove one of them',
  ]);
  expect(warningsOf('--uws', 'x')).toEqual([]);
  expect(warningsOf('--transport', 'node')).toEqual([]);
});

it('H10: warns about a trusted subnet of all addresses', () => {
  expect(warningsOf('--proxied', '0.0.0.0/0')).toEqual([
    '--proxied has 0.0.0.0/0, which trusts every client to name its own address: list only the addresses of your proxies',
  ]);
  expect(warningsOf('--proxied', '10.0.0.0/8,::1')).toEqual([]);
});
