import { expect, it } from 'vitest';
import { hasNoBody, splitTarget, isWebSocketUpgrade } from '../../../../../src/adapters/transports/shared/requests.ts';
import type { HttpRequest } from '../../../../../src/application/ports/http.ts';

function request(method: string, upgrade?: string, connection = 'Upgrade'): HttpRequest {
  const headers: Readonly<Record<string, string | undefined>> = { upgrade, connection };
  return { method, path: '/', query: '', remoteAddress: '', header: (name) => headers[name] };
}

it('a target is split at its first question mark, and otherwise unchanged', () => {
  expect(splitTarget('/a')).toEqual({ path: '/a', query: '' });
  expect(splitTarget('/a?')).toEqual({ path: '/a', query: '' });
  expect(splitTarget('/a%3F?b=?c#d')).toEqual({ path: '/a%3F', query: 'b=?c#d' });
});

it('only GET with `upgrade: websocket` is a WebSocket upgrade', () => {
  expect(isWebSocketUpgrade(request('GET', 'WebSocket'))).toBe(true);
  expect(isWebSocketUpgrade(request('POST', 'websocket'))).toBe(false);
  expect(isWebSocketUpgrade(request('GET', 'h2c'))).toBe(false);
  expect(isWebSocketUpgrade(request('GET'))).toBe(false);
});

it('H14: an upgrade that the header `connection` does not name is an ordinary request', () => {
  const wanted = ['upgrade', 'keep-alive, Upgrade', 'Upgrade ,x'].map((connection) => request('GET', 'websocket', connection));
  expect(wanted.map(isWebSocketUpgrade)).toEqual([true, true, true]);
  const others = ['', 'keep-alive', 'upgrades', 'x-upgrade'].map((connection) => request('GET', 'websocket', connection));
  expect(others.map(isWebSocketUpgrade)).toEqual([false, false, false, false]);
});

it('H5: 204 and 304 have no body', () => {
  expect([200, 204, 304, 404].map(hasNoBody)).toEqual([false, true, true, false]);
});
