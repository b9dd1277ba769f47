import { expect, it } from 'vitest';
import { ConfigError } from '../../../../src/composition/configuration/config-error.ts';

it('lists every problem on a line of its own', () => {
  const problems = [
    { source: 'port', message: 'port is x' },
    { source: 'host', message: 'host is y' },
  ];
  const error = new ConfigError(problems);
  expect(error.message).toBe('port is x\nhost is y');
  expect(error.problems).toBe(problems);
});
