import { expect, it } from 'vitest';
import { rememberSources, sourcesOf } from '../../../../src/composition/configuration/option-sources.ts';

it('keeps the sources beside a configuration, and none for another one', () => {
  const config = {};
  rememberSources(config, (name) => `--${name}`);
  expect([sourcesOf(config)('port'), sourcesOf({ ...config })('port')]).toEqual(['--port', undefined]);
});
