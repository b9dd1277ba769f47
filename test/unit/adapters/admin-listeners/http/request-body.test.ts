import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBody, readJson } from '../../../../../src/adapters/admin-listeners/http/request-body.ts';

const of = (...chunks: string[]): never => Readable.from(chunks.map((chunk) => Buffer.from(chunk))) as never;

it('ADM13: reads a body of at most 8 KiB, in any number of chunks', async () => {
  expect(await readBody(of('a', 'b'))).toBe('ab');
  expect(await readBody(of('x'.repeat(8_192)))).toHaveLength(8_192);
  await expect(readBody(of('x'.repeat(8_192), 'x'))).rejects.toMatchObject({ facts: { status: 413 } });
});

it('ADM13: refuses a body that is no JSON object', async () => {
  expect(await readJson(of('{"a":1}'))).toEqual({ a: 1 });
  await expect(readJson(of('{'))).rejects.toThrow('The body is not JSON');
  for (const text of ['[]', '1', 'null']) await expect(readJson(of(text))).rejects.toThrow('must be a JSON object');
});
