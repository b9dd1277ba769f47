import { expect, it } from 'vitest';
import { jsonObjectIn } from '../../../../../src/adapters/dialects/shared/json-object.ts';

it('M9: reads JSON objects, as text or as binary', () => {
  expect([jsonObjectIn(Buffer.from('{"a":1}'), false), jsonObjectIn(Buffer.from(' {"__proto__":1} '), true)]).toEqual([
    { a: 1 },
    JSON.parse('{"__proto__":1}'),
  ]);
});

it.each(['', '{', '[]', 'null', '5', '"x"', '{"a":1}}'])('M9: %j is none', (text) =>
  expect(jsonObjectIn(Buffer.from(text), false)).toBeUndefined(),
);

it('M9: what is no UTF-8 is none', () => {
  expect(jsonObjectIn(Buffer.concat([Buffer.from('{"'), Buffer.of(0xff), Buffer.from('":1}')]), true)).toBeUndefined();
});
