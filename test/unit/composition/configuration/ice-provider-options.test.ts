import { expect, it } from 'vitest';
import { ICE_PROVIDER_OPTIONS } from '../../../../src/composition/configuration/ice-provider-options.ts';

const reads = (name: keyof typeof ICE_PROVIDER_OPTIONS, value: unknown): boolean => ICE_PROVIDER_OPTIONS[name].read(value).ok;

it('I11: an id is a plain text', () => {
  expect(reads('ice_provider_id', 'AC-1_x.y')).toBe(true);
  for (const bad of ['', 'a/b', 'a b', 'a'.repeat(129), 1, null]) expect(reads('ice_provider_id', bad), String(bad)).toBe(false);
});

it('I11: a secret is a text that a header can contain', () => {
  expect(reads('ice_provider_secret', 'a'.repeat(512))).toBe(true);
  for (const bad of ['', 'a b', 'ä', 'a\n', 'a'.repeat(513)]) expect(reads('ice_provider_secret', bad), bad).toBe(false);
});

it('I11: a provider is one of four', () => {
  expect(['cloudflare', 'twilio', 'metered', 'url', 'xirsys'].map((name) => reads('ice_provider', name))).toEqual([
    ...[true, true, true, true],
    false,
  ]);
});
