import { expect } from 'vitest';
import { fresh } from '../../../support/e2e/visit.ts';
import { differs, same, type Case } from '../case.ts';

const UPGRADE = [
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
].join('\r\n');

/** H1 to H3, H7, H8, X8 on a server with its defaults. */
export const HTTP_CASES: readonly Case[] = [
  same('H1', 'the root describes the server as JSON', async (server) => {
    const { status, headers, body } = await server.asks('');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual({ name: expect.any(String), description: expect.any(String), website: expect.any(String) });
  }),
  same('H1', 'a browser that prefers HTML hears the same JSON', async (server) => {
    const { headers, body } = await server.asks('', { headers: { accept: 'text/html' } });
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toHaveProperty('name');
  }),

  same('H2', 'an id is given out as the whole body, as text/html', async (server) => {
    const { status, headers, body } = await server.asks('peerjs/id');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(body).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  }),
  same('H2', 'no id is given out twice', async (server) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.asks('peerjs/id')));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(20);
  }),
  same('H2', 'a query is accepted and ignored', async (server) => {
    const { status, body } = await server.asks('peerjs/id?ts=17000000000000.123&version=1.5.5&ts=%zz');
    expect(status).toBe(200);
    expect(body).toMatch(/^[0-9a-f-]{36}$/);
  }),
  same('H2', 'an id that was given out can be opened with', async (server) => {
    const { body: id } = await server.asks('peerjs/id');
    const ann = await server.enters('ann', { id });
    ann.offers(id, 'to myself');
    expect(await ann.hears()).toMatchObject({ src: id, payload: 'to myself' });
  }),
  differs(
    'H2',
    'an unknown key gets no id: 401 and a clear text',
    { differs: 'gives out an id for any key', fails: /expected 200 to be 401/ },
    async (server) => {
      const { status, body } = await server.asks('nobody/id');
      expect(status).toBe(401);
      expect(body).toBe('Invalid key provided');
    },
  ),
  same('H2', 'an escaped key is the same key', async (server) => {
    expect((await server.asks('%70eer%6As/id')).status).toBe(200);
  }),

  same('H3', 'while discovery is off, nobody hears who is here', async (server) => {
    const ann = await server.enters('ann');
    const { status, body } = await server.asks('peerjs/peers');
    expect(status).toBe(401);
    expect(body).not.toContain(ann.id);
  }),
  same('H3', 'while discovery is off, an unknown key hears the same', async (server) => {
    expect((await server.asks('nobody/peers')).status).toBe(401);
  }),

  same('H7', 'HEAD answers like GET, with no body', async (server) => {
    const get = await server.asks('');
    const head = await server.asks('', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  }),
  same('H7', 'HEAD works for an id too', async (server) => {
    const { status, body, headers } = await server.asks('peerjs/id', { method: 'HEAD' });
    expect([status, body, headers['content-length']]).toEqual([200, '', '36']);
  }),
  same('H7', 'after HEAD the connection goes on at once with the next answer', async (server) => {
    const wire = server.wire();
    const head = `HEAD ${server.path} HTTP/1.1\r\nhost: a\r\n\r\n`;
    wire.sends(`${head}GET ${server.path}peerjs/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    const heard = await wire.hears(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
    expect(heard).not.toContain('{');
    wire.cut();
  }),

  ...['nowhere', 'peerjs', 'peerjs/id/more', 'peerjs/unknown', 'favicon.ico'].map((path) =>
    same('H8', `GET {path}${path} is nothing: 404`, async (server) => {
      expect((await server.asks(path)).status).toBe(404);
    }),
  ),
  differs(
    'H8',
    'two slashes are not one: 404',
    { differs: 'takes them for one', fails: /expected 200 to be 404/ },
    async (server) => {
      expect((await server.asks('peerjs//id')).status).toBe(404);
    },
  ),
  same('H8', 'a slash at the end of a known path changes nothing', async (server) => {
    expect((await server.asks('peerjs/id/')).status).toBe(200);
  }),
  differs(
    'H8',
    'another method on a known path: 405, and what is allowed',
    { differs: '404', fails: /expected 404 to be 405/ },
    async (server) => {
      const { status, headers } = await server.asks('peerjs/id', { method: 'POST' });
      expect(status).toBe(405);
      expect(headers.allow?.split(/, */)).toEqual(expect.arrayContaining(['GET', 'HEAD']));
    },
  ),
  differs(
    'H8',
    'a path with a broken escape is nothing: 404',
    { differs: '400', fails: /expected 400 to be 404/ },
    async (server) => {
      expect((await server.asks('%zz/id')).status).toBe(404);
    },
  ),
  same('H8', 'a request with a body is answered, and so is the next on that connection', async (server) => {
    const wire = server.wire();
    wire.sends(`POST ${server.path}nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello`);
    await wire.hears(/HTTP\/1\.1 404 /);
    wire.sends(`GET ${server.path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await wire.hears(/HTTP\/1\.1 200 [^]*"website"/);
    wire.cut();
  }),

  same('X8', 'the routes of old clients are not served, and a page of another origin may read so', async (server) => {
    const { status, headers } = await server.asks(`peerjs/${fresh('old')}/token/id?i=0`, {
      method: 'POST',
      headers: { origin: 'http://page.example' },
    });
    expect(status).toBe(404);
    expect(headers['access-control-allow-origin']).toBe('http://page.example');
  }),
];

/** H11. Beyond what any server takes. */
export const HTTP_BOUND_CASES: readonly Case[] = [
  ...[20_000, 200_000].map((length) =>
    same('H11', `a target of ${length} characters is refused with 414 or 431, and the server lives`, async (server) => {
      const wire = server.wire();
      wire.sends(`GET ${server.path}?${'x'.repeat(length)} HTTP/1.1\r\nhost: a\r\n\r\n`);
      await wire.hears(/^HTTP\/1\.1 (414|431) /);
      wire.cut();
      expect((await server.asks('')).status).toBe(200);
    }),
  ),
  same('H11', 'a header of 20,000 characters is refused with 431, and the server lives', async (server) => {
    const wire = server.wire();
    wire.sends(`GET ${server.path} HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
    await wire.hears(/^HTTP\/1\.1 431 /);
    wire.cut();
    expect((await server.asks('')).status).toBe(200);
  }),
  same('H11', 'a thousand long headers are refused with 431, and the server lives', async (server) => {
    const wire = server.wire();
    const lines = Array.from({ length: 1000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}\r\n`);
    wire.sends(`GET ${server.path} HTTP/1.1\r\nhost: a\r\n${lines.join('')}\r\n`);
    await wire.hears(/^HTTP\/1\.1 431 /);
    wire.cut();
    expect((await server.asks('')).status).toBe(200);
  }),
  same('H11', 'a handshake with a target beyond the limit is refused with 414 or 431, and others get in', async (server) => {
    const wire = server.wire();
    wire.sends(`GET ${server.socketTarget()}&more=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n${UPGRADE}\r\n`);
    await wire.hears(/^HTTP\/1\.1 (414|431) /);
    wire.cut();
    await server.enters('ann');
  }),
];

/** H4 on a server with discovery. */
export const DISCOVERY_CASES: readonly Case[] = [
  same('H4', 'with discovery on, all open peers are listed as JSON, in the order they came', async (server) => {
    const ids = [(await server.enters('ann')).id, (await server.enters('bob')).id, (await server.enters('cem')).id];
    const { status, headers, body } = await server.asks('peerjs/peers');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect((JSON.parse(body) as string[]).filter((id) => ids.includes(id))).toEqual(ids);
  }),
  same('H4', 'a peer that left is listed no more', async (server) => {
    const ann = await server.enters('ann');
    const bob = await server.enters('bob');
    await ann.leaves();
    const { body } = await server.asks('peerjs/peers');
    expect(JSON.parse(body)).toContain(bob.id);
    expect(JSON.parse(body)).not.toContain(ann.id);
  }),
  same('H4', 'a socket that was refused is not listed', async (server) => {
    const refused = await server.opens({ key: 'nobody' });
    await refused.closed();
    expect((await server.asks('peerjs/peers')).body).not.toContain(refused.id);
  }),
  same('H4', 'ids of any kind are listed as they are', async (server) => {
    const { id } = await server.enters('ann', { id: fresh('"\\ <b> \u2028 🦊') });
    expect(JSON.parse((await server.asks('peerjs/peers')).body)).toContain(id);
  }),
  differs(
    'H4',
    'an unknown key is told nothing: 401',
    { differs: 'lists its peers to any key', fails: /expected 200 to be 401/ },
    async (server) => {
      expect((await server.asks('nobody/peers')).status).toBe(401);
    },
  ),
];

/** H1, H8, O3, O9 on a server that is not at the root. */
export const PATH_CASES: readonly Case[] = [
  same('H1', 'the configured path is served with and without a slash at its end', async (server) => {
    expect((await server.asksAt('/myapp')).status).toBe(200);
    expect(JSON.parse((await server.asksAt('/myapp/')).body)).toHaveProperty('name');
  }),
  same('H2', 'ids are given out below the configured path', async (server) => {
    expect((await server.asksAt('/myapp/peerjs/id')).body).toMatch(/^[0-9a-f-]{36}$/);
  }),
  ...['/', '/peerjs/id', '/myappp', '/other/peerjs/id'].map((target) =>
    same('H8', `GET ${target} is outside of the configured path: 404`, async (server) => {
      expect((await server.asksAt(target)).status).toBe(404);
    }),
  ),
  same('O3', 'sockets open below the configured path', async (server) => {
    const ann = await server.enters('ann');
    ann.offers(ann.id, 1);
    expect(await ann.hears()).toMatchObject({ payload: 1 });
  }),
  differs(
    'O9',
    'a socket outside of the configured path is refused with 404',
    { differs: '400', fails: /expected 400 to be 404/ },
    async (server) => {
      expect(await server.statusOf(`/peerjs?key=peerjs&id=${fresh('ann')}&token=t`)).toBe(404);
    },
  ),
];
