import { expect, it } from 'vitest';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeEngine } from '../../../src/composition/make-engine.ts';

it('creates no engine without the option cluster', async () => {
  expect(await makeEngine(defaultConfig(), new SilentLog())).toBeUndefined();
});
