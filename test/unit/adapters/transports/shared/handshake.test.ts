import { expect, it } from 'vitest';
import { handshakeFault } from '../../../../../src/adapters/transports/shared/handshake.ts';
import type { HttpRequest } from '../../../../../src/application/ports/http.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

function handshake(headers: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', path: '/', query: '', remoteAddress: '', header: (name) => headers[name] };
}

it('O12: a key of 16 bytes and version 13 are accepted', () => {
  expect(handshakeFault(handshake({ 'sec-websocket-key': KEY, 'sec-websocket-version': '13' }))).toBeUndefined();
});

it('O12: any other handshake is answered with 400 and the accepted version', () => {
  for (const headers of [
    { 'sec-websocket-version': '13' },
    { 'sec-websocket-key': `${KEY}, ${KEY}`, 'sec-websocket-version': '13' },
    { 'sec-websocket-key': KEY },
    { 'sec-websocket-key': KEY, 'sec-websocket-version': '8' },
  ]) {
    const fault = handshakeFault(handshake(headers));
    expect(fault?.status).toBe(400);
    expect(fault?.headers).toContainEqual(['sec-websocket-version', '13']);
  }
});
