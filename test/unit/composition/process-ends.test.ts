import { afterEach, expect, it, vi } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { exitOnStartError } from '../../../src/composition/process-ends.ts';

afterEach(() => void vi.restoreAllMocks());

it('ends the process with 2 for options that are not possible, with 1 if it can not listen, and not for other errors', () => {
  const codes: unknown[] = [];
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    codes.push(code);
    throw new Error('ended');
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const listenError = new ListenError({ reason: 'port-in-use', host: '::', port: 1 }, 'in use');
  const configError = new ConfigError([{ source: 'port', message: 'port is x' }]);
  for (const error of [listenError, configError]) expect(() => exitOnStartError(error)).toThrow('ended');
  expect(codes).toEqual([1, 2]);
  expect(() => exitOnStartError(new TypeError('other'))).toThrow('other');
  expect(codes).toHaveLength(2);
});
