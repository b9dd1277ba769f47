import { expect, it } from 'vitest';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeEngine } from '../../../src/composition/make-engine.ts';

it('a node that is told of no engine is alone', async () => {
  expect(await makeEngine(defaultConfig(), new SilentLog())).toBeUndefined();
});
