import { expect, it } from 'vitest';
import { preflight, tooBig, tooManyRequests } from '../../../src/application/http-responses.ts';
import type { HttpRequest } from '../../../src/application/ports/http.ts';

it('H9: retry-after is the wait in whole seconds, rounded up', () => {
  const limit = { option: 'http_rate_limit', allows: 1 };
  const headers = expect.arrayContaining([['retry-after', '2']]);
  expect(tooManyRequests(1_001, limit)).toMatchObject({ status: 429, limit, headers });
});

it('a large body is answered with its limit', () => {
  expect(tooBig(9)).toMatchObject({ status: 413, limit: { option: 'max_message_bytes', allows: 9 } });
});

it('H5: a preflight allows the requested headers', () => {
  const asking = (asked: string | undefined): HttpRequest => ({
    ...{ method: 'OPTIONS', path: '/', query: '', remoteAddress: '192.0.2.1' },
    header: (name) => (name === 'access-control-request-headers' ? asked : undefined),
  });
  const methods = ['access-control-allow-methods', 'GET,HEAD'];
  expect(preflight(asking('x-a'), ['GET', 'HEAD']).headers).toEqual([methods, ['access-control-allow-headers', 'x-a']]);
  for (const asked of [undefined, '']) expect(preflight(asking(asked), ['GET', 'HEAD']).headers).toEqual([methods]);
});
