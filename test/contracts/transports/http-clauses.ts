import { expect } from 'vitest';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import type { HttpExchange } from '../../../src/application/ports/transport.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* What http.ts promises. */

function header({ headers }: HttpResponse, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1];
}

/** Requests wait for the test instead of being answered. */
function hold(scene: TransportFixture): HttpExchange[] {
  const held: HttpExchange[] = [];
  scene.gateway.answerRequest = (exchange) => void held.push(exchange);
  return held;
}

const REQUESTS: readonly Clause[] = [
  {
    name: 'a request is told as it was sent: method in capitals, path and query apart and raw',
    async run(scene) {
      await scene.sendRequest('GET', '/a%2Fb/%e0?id=%F0%9D&id=2?x', { headers: { origin: 'http://a.example' } });
      await scene.sendRequest('DELETE', '/plain');
      const [first, second] = scene.gateway.requests;
      expect(first).toMatchObject({
        method: 'GET',
        path: '/a%2Fb/%e0',
        query: 'id=%F0%9D&id=2?x',
        remoteAddress: expect.stringMatching(/^[0-9.]+$/),
      });
      expect(first?.headers.get('origin')).toBe('http://a.example');
      expect(second).toMatchObject({ method: 'DELETE', path: '/plain', query: '' });
    },
  },
  {
    name: 'a header that was not sent is undefined, whatever its name',
    async run(scene) {
      await scene.sendRequest('GET', '/');
      const { headers } = scene.gateway.requests[0] ?? {};
      expect(['x-nobody', '__proto__', 'constructor'].map((name) => headers?.get(name))).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  },
  {
    name: 'an upgrade is told like a request',
    async run(scene) {
      await scene.connect('/peer%20js?key=k&id=%C4%8D', { headers: { origin: 'http://b.example' } });
      const [upgrade] = scene.gateway.upgrades;
      expect(upgrade).toMatchObject({
        method: 'GET',
        path: '/peer%20js',
        query: 'key=k&id=%C4%8D',
        remoteAddress: expect.stringMatching(/^[0-9.]+$/),
      });
      expect(upgrade?.headers.get('origin')).toBe('http://b.example');
      expect(scene.gateway.requests).toEqual([]);
    },
  },
  {
    name: 'H10: a header that was sent twice is told as one list, in order',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2, 192.0.2.3\r\n\r\n');
      await scene.until('it is reported', () => scene.gateway.requests.length === 1);
      expect(scene.gateway.requests[0]?.headers.get('x-forwarded-for')).toBe('192.0.2.1, 192.0.2.2, 192.0.2.3');
    },
  },
  {
    name: 'what asks for no WebSocket is an ordinary request, at the path of WebSockets too',
    async run(scene) {
      const { status } = await scene.sendRequest('GET', '/ws?id=ann');
      const { status: other } = await scene.sendRequest('GET', '/ws?id=ann', {
        headers: { connection: 'Upgrade', upgrade: 'h2c' },
      });
      expect([status, other]).toEqual([200, 200]);
      expect([scene.gateway.requests.length, scene.gateway.upgrades.length]).toEqual([2, 0]);
    },
  },
  {
    name: 'H10: the far end is told as IPv4 where it comes by IPv4, also at `::`, and as IPv6 where it comes by that',
    needs: ['ipv6'],
    settings: { host: '::' },
    async run(scene) {
      for (const host of ['127.0.0.1', '::1']) {
        await scene.sendRequest('GET', '/', { host });
        await scene.connect('/ws', { host });
      }
      expect(scene.gateway.requests.map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.1', '::1']);
      expect(scene.gateway.upgrades.map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.1', '::1']);
    },
  },
];

const ANSWERS: readonly Clause[] = [
  {
    name: 'an answer arrives whole: status, each header, a body of any characters and its length in bytes',
    async run(scene) {
      const headers = [
        ['content-type', 'text/plain; charset=utf-8'],
        ['vary', 'Origin'],
        ['x-two', 'a'],
        ['x-two', 'b'],
      ] as const;
      scene.gateway.answerRequest = (exchange) => exchange.respond({ status: 404, headers, body: 'žádné „nic“' });
      const answer = await scene.sendRequest('GET', '/');
      expect([answer.status, answer.body, header(answer, 'content-length')]).toEqual([404, 'žádné „nic“', '18']);
      expect(answer.headers).toEqual(expect.arrayContaining(headers.map((each) => [...each])));
    },
  },
  {
    name: 'H7: HEAD gets the length, and no body',
    async run(scene) {
      const answer = await scene.sendRequest('HEAD', '/');
      expect([answer.status, answer.body, header(answer, 'content-length')]).toEqual([200, '', '4']);
    },
  },
  {
    name: 'H5: 204 has neither body nor length',
    async run(scene) {
      scene.gateway.answerRequest = (exchange) => exchange.respond({ status: 204, headers: [['vary', 'Origin']], body: '' });
      const answer = await scene.sendRequest('OPTIONS', '/');
      expect([answer.status, answer.body, header(answer, 'content-length'), header(answer, 'vary')]).toEqual([
        204,
        '',
        undefined,
        'Origin',
      ]);
    },
  },
  {
    name: 'an answer may come in a later turn',
    async run(scene) {
      const held = hold(scene);
      const asked = scene.client.sendRequest('GET', '/slow');
      await scene.until('it is reported', () => held.length === 1);
      setImmediate(() => held[0]?.respond({ status: 201, headers: [], body: 'late' }));
      expect(await asked.answer).toMatchObject({ status: 201, body: 'late' });
    },
  },
  {
    name: 'an answer to one who has gone does nothing',
    async run(scene) {
      const held = hold(scene);
      const asked = scene.client.sendRequest('GET', '/impatient');
      await scene.until('it is reported', () => held.length === 1);
      asked.abort();
      scene.gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body: 'here' });
      await scene.settle();
      held[0]?.respond({ status: 200, headers: [], body: 'nobody reads this' });
      expect(await scene.sendRequest('GET', '/')).toMatchObject({ status: 200, body: 'here' });
    },
  },
  {
    name: 'an exchange that is held is told once that its far end has gone, and nothing where it was answered',
    async run(scene) {
      const held: HttpExchange[] = [];
      const gone: string[] = [];
      scene.gateway.answerRequest = (exchange) => {
        const { path } = exchange.request;
        exchange.holdOpen(() => void gone.push(path));
        held.push(exchange);
      };
      const [first, second] = [scene.client.sendRequest('GET', '/leaves'), scene.client.sendRequest('GET', '/stays')];
      await scene.until('both are reported', () => held.length === 2);
      first.abort();
      await scene.until('it is told', () => gone.length > 0);
      for (const exchange of held) exchange.respond({ status: 200, headers: [], body: 'here' });
      expect(await second.answer).toMatchObject({ status: 200, body: 'here' });
      second.abort();
      await scene.settle();
      expect(gone).toEqual(['/leaves']);
    },
  },
  {
    name: 'an exchange that is held outlasts every timeout of a request',
    needs: ['handshakeTimeout'],
    settings: { handshakeTimeout: 300 },
    async run(scene) {
      const held: HttpExchange[] = [];
      scene.gateway.answerRequest = (exchange) => {
        exchange.holdOpen(() => undefined);
        held.push(exchange);
      };
      const asked = scene.client.sendRequest('GET', '/long');
      await scene.until('it is reported', () => held.length === 1);
      const other = await scene.openRaw();
      await scene.until('a connection that asks nothing is cut', () => other.isClosed);
      held[0]?.respond({ status: 200, headers: [], body: 'at last' });
      expect(await asked.answer).toMatchObject({ status: 200, body: 'at last' });
    },
  },
  {
    name: 'a body is read past; the next request on the connection is served',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send('POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde');
      line.send('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
      await scene.until('both are answered', () => line.received.split('HTTP/1.1 200').length === 3);
      expect(scene.gateway.requests.map(({ path }) => path)).toEqual(['/one', '/two']);
    },
  },
  {
    name: 'H13: a chunked body is read past; the connection serves another request, or ends',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send('POST /one HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
      await scene.until('it is answered', () => line.received.includes('HTTP/1.1 200'));
      const isLast = /^connection: close\r$/im.test(line.received);
      line.send('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
      await scene.until('the connection is as it was told', () =>
        isLast ? line.isClosed : line.received.split('HTTP/1.1 200').length === 3,
      );
      expect(scene.gateway.requests.map(({ path }) => path)).toEqual(isLast ? ['/one'] : ['/one', '/two']);
    },
  },
  {
    name: 'a body without end costs its connection, and no other',
    needs: ['bytes'],
    settings: { handshakeTimeout: 60_000 },
    async run(scene) {
      const other = await scene.connect();
      const line = await scene.openRaw();
      line.send('POST /endless HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
      await scene.until('it is cut', () => {
        line.send(new Uint8Array(16_384).fill(97));
        return line.isClosed;
      });
      await scene.expectAlive(other);
    },
  },
];

export const HTTP_CLAUSES: readonly Clause[] = [...REQUESTS, ...ANSWERS];
