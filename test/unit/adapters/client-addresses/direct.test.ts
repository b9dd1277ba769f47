import { expect, it } from 'vitest';
import { DirectAddresses } from '../../../../src/adapters/client-addresses/direct.ts';
import type { HttpRequest } from '../../../../src/application/ports/http.ts';

it('H10: without trusted proxies, x-forwarded-for is ignored', () => {
  const request: HttpRequest = { method: 'GET', path: '/', query: '', remoteAddress: '192.0.2.1', header: () => '198.51.100.7' };
  expect(new DirectAddresses().of(request)).toBe('192.0.2.1');
});
