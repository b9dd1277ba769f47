import { expect } from 'vitest';
import { differs, same, type Case } from '../case.ts';

const A = 'https://a.example';
const B = 'http://b.example:8080';
const ALMOST_A = [`${A}.evil`, 'http://a.example', `${A}:444`, 'https://A.example', `${A}/`];
const STRANGER = 'https://stranger.example';

/** H5, H6, O10 by default: every origin is welcome. */
export const OPEN_ORIGIN_CASES: readonly Case[] = [
  ...['', 'peerjs/id', 'peerjs/peers', 'nowhere'].map((path) =>
    same('H5', `OPTIONS on {path}${path} is answered with 204 for any origin`, async (server) => {
      const { status, headers, body } = await server.asks(path, {
        method: 'OPTIONS',
        headers: { origin: A, 'access-control-request-method': 'GET' },
      });
      expect([status, body]).toEqual([204, '']);
      expect(headers['access-control-allow-origin']).toBe(A);
      expect(headers['access-control-allow-methods']).toContain('GET');
      expect(headers.vary).toMatch(/\borigin\b/i);
    }),
  ),
  same('H5', 'the headers that a page asks for are allowed', async (server) => {
    const { headers } = await server.asks('peerjs/id', {
      method: 'OPTIONS',
      headers: { origin: A, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-one,content-type' },
    });
    expect(headers['access-control-allow-headers']).toBe('x-one,content-type');
  }),
  differs(
    'H5',
    'only methods that are served are named',
    { differs: 'names PUT, PATCH, POST and DELETE too, and answers 404 to them', fails: /PUT.+to be 'GET,HEAD'/ },
    async (server) => {
      const { headers } = await server.asks('peerjs/id', { method: 'OPTIONS', headers: { origin: A } });
      expect(headers['access-control-allow-methods']).toBe('GET,HEAD');
    },
  ),
  ...[
    ['', 200],
    ['peerjs/id', 200],
    ['peerjs/peers', 401],
    ['nowhere', 404],
  ].map(([path, status]) =>
    same('H6', `every origin is echoed by default, on a ${status} of {path}${path} too`, async (server) => {
      const answer = await server.asks(String(path), { headers: { origin: STRANGER } });
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe(STRANGER);
      expect(answer.headers.vary).toMatch(/\borigin\b/i);
    }),
  ),
  same('H6', 'an opaque origin is echoed by default too', async (server) => {
    const { headers } = await server.asks('peerjs/id', { headers: { origin: 'null' } });
    expect(headers['access-control-allow-origin']).toBe('null');
  }),
  same('H6', 'who sends no origin is told of none', async (server) => {
    const { status, headers } = await server.asks('peerjs/id');
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  }),
  same('O10', 'a page of any origin may open a socket by default', async (server) => {
    await server.enters('ann', { origin: STRANGER });
  }),
];

/** H5, H6, O10 where A and B are listed. */
export const LISTED_ORIGINS = [A, B];
export const LISTED_ORIGIN_CASES: readonly Case[] = [
  ...LISTED_ORIGINS.map((origin) =>
    same('H6', `${origin} is listed and echoed`, async (server) => {
      const { headers } = await server.asks('peerjs/id', { headers: { origin } });
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers.vary).toMatch(/\borigin\b/i);
    }),
  ),
  ...[STRANGER, ...ALMOST_A, 'null'].map((origin) =>
    same('H6', `${origin} is not listed: the answer names no origin`, async (server) => {
      const { status, headers } = await server.asks('peerjs/id', { headers: { origin } });
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }),
  ),
  same('H6', 'a listed origin may read a 404 too', async (server) => {
    const { status, headers } = await server.asks('nowhere', { headers: { origin: A } });
    expect(status).toBe(404);
    expect(headers['access-control-allow-origin']).toBe(A);
  }),
  same('H5', 'a preflight of a listed origin is answered, that of another names no origin', async (server) => {
    const preflight = (origin: string) =>
      server.asks('peerjs/id', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    expect((await preflight(A)).headers['access-control-allow-origin']).toBe(A);
    expect((await preflight(STRANGER)).headers).not.toHaveProperty('access-control-allow-origin');
  }),
  same('O10', 'a page of a listed origin may open a socket', async (server) => {
    await server.enters('ann', { origin: B });
  }),
  same('O10', 'who sends no origin is no page and may open a socket', async (server) => {
    await server.enters('ann');
  }),
  same('O10', "a page of the broker's own host may open a socket", async (server) => {
    await server.enters('ann', { origin: `http://${server.host}:${server.port}` });
  }),
  ...[STRANGER, 'null'].map((origin) =>
    differs(
      'O10',
      ['a page of an origin that is not listed is refused with 403 before the handshake', origin],
      { differs: 'opens the socket: its list covers HTTP only', fails: /expected 101 to be 403/ },
      async (server) => {
        expect(await server.statusOf({ origin })).toBe(403);
      },
    ),
  ),
];

/** H6 with `--cors *`. */
export const ANY_ORIGIN_CASES: readonly Case[] = [
  differs(
    'H6',
    'with `--cors "*"` every page is told `*`',
    { differs: 'takes `*` for the name of an origin, and welcomes none', fails: /expected undefined to be '\*'/ },
    async (server) => {
      const { headers } = await server.asks('peerjs/id', { headers: { origin: STRANGER } });
      expect(headers['access-control-allow-origin']).toBe('*');
    },
  ),
  same('O10', 'with `--cors "*"` a page of any origin may open a socket', async (server) => {
    await server.enters('ann', { origin: STRANGER });
  }),
];
