import { expect, it, vi } from 'vitest';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeLog } from '../../../src/composition/make-log.ts';
import { reload } from '../../../src/composition/reload.ts';

it('logs with the level of the options, which a reload changes', () => {
  const config: Config = { ...defaultConfig(), logLevel: 'warn', logFormat: 'json' };
  const setLevel = vi.spyOn(makeLog(config), 'setLevel');
  reload(config, { ...config, logLevel: 'info' });
  expect(setLevel.mock.calls).toEqual([['info']]);
});
