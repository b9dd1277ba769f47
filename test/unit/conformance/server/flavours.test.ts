import { expect, it } from 'vitest';
import { canSay, flagsFor } from '../../../../conformance/server/flavours.ts';

it('each flavour says what it has flags for', () => {
  expect([canSay('peer', 'cors', {}), canSay('peer', 'on_flood', {}), canSay('none', 'cors', {})]).toEqual([true, false, false]);
  expect([canSay('peer', 'key', { key: ['a', 'b'] }), canSay('signalbox', 'key', { key: ['a', 'b'] })]).toEqual([false, true]);
});

it('flags are those of the settings that are there', () => {
  expect(flagsFor({ proxied: true, allow_discovery: false, path: '/a' }, ['path', 'proxied', 'allow_discovery', 'key'])).toEqual([
    ...['--path', '/a', '--proxied'],
  ]);
});
