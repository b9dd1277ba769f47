import { expect, it } from 'vitest';
import { handshakeFault } from '../../../../../src/adapters/transports/uws/handshake.ts';
import type { HttpRequest } from '../../../../../src/application/ports/http.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

function handshake(headers: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', path: '/', query: '', remoteAddress: '', header: (name) => headers[name] };
}

it('a key of 16 bytes and a version that is spoken fit', () => {
  for (const version of ['13', '8']) {
    expect(handshakeFault(handshake({ 'sec-websocket-key': KEY, 'sec-websocket-version': version }))).toBeUndefined();
  }
});

it('anything else is answered 400, with the versions that are spoken', () => {
  for (const headers of [
    { 'sec-websocket-version': '13' },
    { 'sec-websocket-key': `${KEY}, ${KEY}`, 'sec-websocket-version': '13' },
    { 'sec-websocket-key': KEY },
    { 'sec-websocket-key': KEY, 'sec-websocket-version': '7' },
  ]) {
    const fault = handshakeFault(handshake(headers));
    expect(fault?.status).toBe(400);
    expect(fault?.headers).toContainEqual(['sec-websocket-version', '13, 8']);
  }
});
