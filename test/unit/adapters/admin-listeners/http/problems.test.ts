import { expect, it } from 'vitest';
import { json, problemResponse } from '../../../../../src/adapters/admin-listeners/http/problems.ts';

it('ADM13: a problem has its status, a code and a sentence', () => {
  const { headers, body } = problemResponse({
    status: 405,
    code: 'method-not-allowed',
    detail: 'Use GET',
    headers: { allow: 'GET' },
  });
  expect(headers).toEqual({ 'content-type': 'application/problem+json', allow: 'GET' });
  expect(JSON.parse(body)).toEqual({
    ...{ type: 'about:blank', title: 'Method Not Allowed', status: 405, code: 'method-not-allowed', detail: 'Use GET' },
  });
  expect(json({ a: undefined }, 201)).toMatchObject({ status: 201, body: '{}' });
});
