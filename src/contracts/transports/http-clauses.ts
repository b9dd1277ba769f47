import { expect } from '../expect.ts';
import type { HttpResponse } from '../../application/ports/http.ts';
import type { HttpExchange } from '../../application/ports/transport.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* Requests and responses, as documented in http.ts. */

function header({ headers }: HttpResponse, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1];
}

/** Keeps requests for the test instead of answering them. */
function hold(fixture: TransportFixture): HttpExchange[] {
  const held: HttpExchange[] = [];
  fixture.gateway.answerRequest = (exchange) => void held.push(exchange);
  return held;
}

const REQUESTS: readonly Clause[] = [
  {
    name: 'a request has an upper-case method, and a raw path and query',
    async run(fixture) {
      await fixture.sendRequest('GET', '/a%2Fb/%e0?id=%F0%9D&id=2?x', { headers: { origin: 'http://a.example' } });
      await fixture.sendRequest('DELETE', '/plain');
      const [first, second] = fixture.gateway.requests;
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
    name: 'a header that was not sent is undefined, for any name',
    async run(fixture) {
      await fixture.sendRequest('GET', '/');
      const { headers } = fixture.gateway.requests[0] ?? {};
      expect(['x-nobody', '__proto__', 'constructor'].map((name) => headers?.get(name))).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  },
  {
    name: 'an upgrade has the properties of a request',
    async run(fixture) {
      await fixture.connect('/peer%20js?key=k&id=%C4%8D', { headers: { origin: 'http://b.example' } });
      const [upgrade] = fixture.gateway.upgrades;
      expect(upgrade).toMatchObject({
        method: 'GET',
        path: '/peer%20js',
        query: 'key=k&id=%C4%8D',
        remoteAddress: expect.stringMatching(/^[0-9.]+$/),
      });
      expect(upgrade?.headers.get('origin')).toBe('http://b.example');
      expect(fixture.gateway.requests).toEqual([]);
    },
  },
  {
    name: 'H10: a repeated header is one list, in order',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2, 192.0.2.3\r\n\r\n');
      await fixture.until('the report is made', () => fixture.gateway.requests.length === 1);
      expect(fixture.gateway.requests[0]?.headers.get('x-forwarded-for')).toBe('192.0.2.1, 192.0.2.2, 192.0.2.3');
    },
  },
  {
    name: 'a request without a WebSocket upgrade is an ordinary request, at WebSocket paths too',
    async run(fixture) {
      const { status } = await fixture.sendRequest('GET', '/ws?id=ann');
      const { status: other } = await fixture.sendRequest('GET', '/ws?id=ann', {
        headers: { connection: 'Upgrade', upgrade: 'h2c' },
      });
      expect([status, other]).toEqual([200, 200]);
      expect([fixture.gateway.requests.length, fixture.gateway.upgrades.length]).toEqual([2, 0]);
    },
  },
  {
    name: 'H10: the address of a client is IPv4 over IPv4, also at `::`, and IPv6 over IPv6',
    needs: ['ipv6'],
    settings: { host: '::' },
    async run(fixture) {
      for (const host of ['127.0.0.1', '::1']) {
        await fixture.sendRequest('GET', '/', { host });
        await fixture.connect('/ws', { host });
      }
      expect(fixture.gateway.requests.map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.1', '::1']);
      expect(fixture.gateway.upgrades.map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.1', '::1']);
    },
  },
];

const ANSWERS: readonly Clause[] = [
  {
    name: 'a response arrives completely: status, each header, a body of any characters and its length in bytes',
    async run(fixture) {
      const headers = [
        ['content-type', 'text/plain; charset=utf-8'],
        ['vary', 'Origin'],
        ['x-two', 'a'],
        ['x-two', 'b'],
      ] as const;
      fixture.gateway.answerRequest = (exchange) => exchange.respond({ status: 404, headers, body: 'žádné „nic“' });
      const answer = await fixture.sendRequest('GET', '/');
      expect([answer.status, answer.body, header(answer, 'content-length')]).toEqual([404, 'žádné „nic“', '18']);
      expect(answer.headers).toEqual(expect.arrayContaining(headers.map((each) => [...each])));
    },
  },
  {
    name: 'H7: HEAD receives the length, and no body',
    async run(fixture) {
      const answer = await fixture.sendRequest('HEAD', '/');
      expect([answer.status, answer.body, header(answer, 'content-length')]).toEqual([200, '', '4']);
    },
  },
  {
    name: 'H5: 204 has neither body nor length',
    async run(fixture) {
      fixture.gateway.answerRequest = (exchange) => exchange.respond({ status: 204, headers: [['vary', 'Origin']], body: '' });
      const answer = await fixture.sendRequest('OPTIONS', '/');
      expect([answer.status, answer.body, header(answer, 'content-length'), header(answer, 'vary')]).toEqual([
        204,
        '',
        undefined,
        'Origin',
      ]);
    },
  },
  {
    name: 'a response may be sent in a later turn',
    async run(fixture) {
      const held = hold(fixture);
      const asked = fixture.client.sendRequest('GET', '/slow');
      await fixture.until('the report is made', () => held.length === 1);
      setImmediate(() => held[0]?.respond({ status: 201, headers: [], body: 'late' }));
      expect(await asked.answer).toMatchObject({ status: 201, body: 'late' });
    },
  },
  {
    name: 'a response to a disconnected client does nothing',
    async run(fixture) {
      const held = hold(fixture);
      const asked = fixture.client.sendRequest('GET', '/impatient');
      await fixture.until('the report is made', () => held.length === 1);
      asked.abort();
      fixture.gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body: 'here' });
      await fixture.settle();
      held[0]?.respond({ status: 200, headers: [], body: 'not sent' });
      expect(await fixture.sendRequest('GET', '/')).toMatchObject({ status: 200, body: 'here' });
    },
  },
  {
    name: 'a held exchange reports once that the client has disconnected, and nothing after a response',
    async run(fixture) {
      const held: HttpExchange[] = [];
      const gone: string[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        const { path } = exchange.request;
        exchange.holdOpen(() => void gone.push(path));
        held.push(exchange);
      };
      const [first, second] = [fixture.client.sendRequest('GET', '/leaves'), fixture.client.sendRequest('GET', '/stays')];
      await fixture.until('both are reported', () => held.length === 2);
      first.abort();
      await fixture.until('the disconnect is reported', () => gone.length > 0);
      for (const exchange of held) exchange.respond({ status: 200, headers: [], body: 'here' });
      expect(await second.answer).toMatchObject({ status: 200, body: 'here' });
      second.abort();
      await fixture.settle();
      expect(gone).toEqual(['/leaves']);
    },
  },
  {
    name: 'a held exchange outlasts every timeout of a request',
    needs: ['handshakeTimeout'],
    settings: { handshakeTimeout: 300 },
    async run(fixture) {
      const held: HttpExchange[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        exchange.holdOpen(() => undefined);
        held.push(exchange);
      };
      const asked = fixture.client.sendRequest('GET', '/long');
      await fixture.until('the report is made', () => held.length === 1);
      const other = await fixture.openRaw();
      await fixture.until('a connection without a request is closed', () => other.isClosed);
      held[0]?.respond({ status: 200, headers: [], body: 'at last' });
      expect(await asked.answer).toMatchObject({ status: 200, body: 'at last' });
    },
  },
  {
    name: 'an unused body is discarded; the next request on the connection is served',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send('POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde');
      line.send('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
      await fixture.until('both are answered', () => line.received.split('HTTP/1.1 200').length === 3);
      expect(fixture.gateway.requests.map(({ path }) => path)).toEqual(['/one', '/two']);
    },
  },
  {
    name: 'M23: a body in a hundred thousand chunks costs its connection, and no other',
    needs: ['bytes'],
    async run(fixture) {
      let served = 0;
      fixture.gateway.answerRequest = (exchange) => {
        exchange.readBody(1_048_576, () => {
          served += 1;
          exchange.respond({ status: 200, headers: [], body: '' });
        });
      };
      const [flood, other] = [await fixture.openRaw(), await fixture.openRaw()];
      const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
      other.send(`${head}3\r\nabc\r\n`);
      flood.send(`${head}${'1\r\na\r\n'.repeat(100_000)}0\r\n\r\n`);
      await fixture.until('the connection is closed', () => flood.isClosed);
      other.send('3\r\ndef\r\n0\r\n\r\n');
      await fixture.until('the other body is served', () => served === 1);
      expect(flood.received.includes(' 200 ')).toBe(false);
    },
  },
  {
    name: 'H13: an unused chunked body is discarded; the connection serves another request, or closes',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send('POST /one HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
      await fixture.until('the response is received', () => line.received.includes('HTTP/1.1 200'));
      const isLast = /^connection: close\r$/im.test(line.received);
      line.send('GET /two HTTP/1.1\r\nHost: x\r\n\r\n');
      await fixture.until('the connection behaves as announced', () =>
        isLast ? line.isClosed : line.received.split('HTTP/1.1 200').length === 3,
      );
      expect(fixture.gateway.requests.map(({ path }) => path)).toEqual(isLast ? ['/one'] : ['/one', '/two']);
    },
  },
  {
    name: 'an endless body costs its connection, and no other',
    needs: ['bytes'],
    settings: { handshakeTimeout: 60_000 },
    async run(fixture) {
      const other = await fixture.connect();
      const line = await fixture.openRaw();
      line.send('POST /endless HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n');
      await fixture.until('the connection is closed', () => {
        line.send(new Uint8Array(16_384).fill(97));
        return line.isClosed;
      });
      await fixture.expectAlive(other);
    },
  },
];

export const HTTP_CLAUSES: readonly Clause[] = [...REQUESTS, ...ANSWERS];
