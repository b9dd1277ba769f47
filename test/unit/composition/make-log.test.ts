import { expect, it } from 'vitest';
import { PinoLog } from '../../../src/adapters/logs/pino.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeLog } from '../../../src/composition/make-log.ts';

it('logs nothing at level silent, else with pino', () => {
  expect(makeLog({ ...defaultConfig(), logLevel: 'silent' })).toBeInstanceOf(SilentLog);
  expect(makeLog({ ...defaultConfig(), logLevel: 'warn' })).toBeInstanceOf(PinoLog);
});
