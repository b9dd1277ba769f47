import { expect, it } from 'vitest';
import { supports, flagsFor } from '../../../../conformance/server/flavours.ts';

it('each flavour supports the settings that it has flags for', () => {
  expect([supports('peer', 'cors', {}), supports('peer', 'on_flood', {}), supports('none', 'cors', {})]).toEqual([
    true,
    false,
    false,
  ]);
  expect([supports('peer', 'key', { key: ['a', 'b'] }), supports('signalbox', 'key', { key: ['a', 'b'] })]).toEqual([
    false,
    true,
  ]);
});

it('formats the given settings as flags', () => {
  expect(flagsFor({ proxied: true, allow_discovery: false, path: '/a' }, ['path', 'proxied', 'allow_discovery', 'key'])).toEqual([
    ...['--path', '/a', '--proxied'],
  ]);
});
