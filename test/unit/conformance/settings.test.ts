import { expect, it } from 'vitest';
import { flagOf, SETTING_NAMES } from '../../../conformance/settings.ts';
import { FLAVOURS } from '../../../conformance/server/flavours.ts';
import { OPTIONS } from '../../../src/composition/configuration/options.ts';

it('formats a setting as a flag in kebab-case', () => expect(flagOf('expire_timeout')).toBe('--expire-timeout'));

it('each setting is an option of Signalbox', () => {
  expect(SETTING_NAMES.filter((name) => !(name in OPTIONS))).toEqual([]);
  expect(FLAVOURS.signalbox).toEqual(SETTING_NAMES);
});
