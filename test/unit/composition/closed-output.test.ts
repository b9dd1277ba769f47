import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { exitOnClosedOutput } from '../../../src/composition/closed-output.ts';

it('exits when the reader has gone, and not for another error', () => {
  const stream = new PassThrough();
  let exits = 0;
  exitOnClosedOutput(stream, () => exits++);
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(exits).toBe(1);
  expect(() => stream.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow('no space');
  expect(exits).toBe(1);
});
