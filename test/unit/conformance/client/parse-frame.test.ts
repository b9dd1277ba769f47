import { expect, it } from 'vitest';
import { parseFrame } from '../../../../conformance/client/parse-frame.ts';

it('parses JSON objects only', () => {
  expect(parseFrame('{"type":"OPEN"}')).toEqual({ type: 'OPEN' });
  for (const text of ['', '{', '[]', 'null', '7', "{'type':1}"]) expect(parseFrame(text)).toBeUndefined();
});
