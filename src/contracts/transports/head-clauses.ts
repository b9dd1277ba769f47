import { expect } from '../expect.ts';
import type { Clause } from './fixture.ts';
import { admissionOf } from './recording-gateway.ts';

/* Request heads that parsers read in more than one way. */

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const AMBIGUOUS: readonly {
  readonly what: string;
  readonly headers: string;
  readonly body?: string;
  readonly status?: RegExp;
}[] = [
  { what: 'two lengths', headers: 'Content-Length: 5\r\nContent-Length: 55\r\n', body: 'hello' },
  { what: 'one length twice', headers: 'Content-Length: 5\r\nContent-Length: 5\r\n', body: 'hello' },
  { what: 'an empty length', headers: 'Content-Length:\r\n' },
  { what: 'a length and chunks', headers: 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', body: '0\r\n\r\n' },
  { what: 'a coding that is not chunked', headers: 'Transfer-Encoding: xchunked\r\n', body: '0\r\n\r\n', status: /^(400|200)$/ },
  { what: 'a coding behind chunked', headers: 'Transfer-Encoding: chunked, identity\r\n', body: '0\r\n\r\n' },
];

const FRAMING: readonly Clause[] = [
  ...AMBIGUOUS.flatMap(({ what, headers, body = '', status = /^400$/ }): Clause[] => {
    const request = `POST /open HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`;
    return [
      {
        name: `H13: a head with ${what} is rejected, or read in one way only, and its connection closes`,
        needs: ['bytes', 'ownHeads'],
        async run(fixture) {
          const line = await fixture.openRaw();
          line.send(request.slice(0, request.length - body.length));
          await fixture.until('the connection is closed', () => line.isClosed);
          expect(line.received.split(' ')[1]).toMatch(status);
          expect(fixture.gateway.requests.length).toBe(line.received.startsWith('HTTP/1.1 400') ? 0 : 1);
        },
      },
      {
        name: `H13: behind a head with ${what} no second request is served`,
        needs: ['bytes'],
        async run(fixture) {
          const line = await fixture.openRaw();
          line.send(`${request}${HIDDEN}${HIDDEN}`);
          await fixture.until('the connection is closed', () => line.isClosed);
          expect(fixture.gateway.requests.filter(({ path }) => path === '/hidden')).toEqual([]);
        },
      },
    ];
  }),
  {
    name: 'H13: a request with two Host headers is answered with 400, and its connection closes',
    needs: ['bytes', 'ownHeads'],
    async run(fixture) {
      for (const second of ['Host: y', 'hOST: x']) {
        const line = await fixture.openRaw();
        line.send(`GET /open HTTP/1.1\r\nHost: x\r\n${second}\r\n\r\n`);
        await fixture.until('the connection is closed', () => line.isClosed);
        expect(line.received).toMatch(/^HTTP\/1\.1 400 /);
      }
      expect(fixture.gateway.requests).toEqual([]);
      expect(fixture.gateway.refusals.map(({ status }) => status)).toEqual([400, 400]);
    },
  },
  {
    name: 'H13: a handshake with two Host headers, without one, or with a body is answered with 400',
    needs: ['bytes'],
    async run(fixture) {
      const head = handshake('Connection: Upgrade\r\n');
      const faulty = [
        head.replace('Host: x\r\n', 'Host: x\r\nhOST: y\r\n'),
        head.replace('Host: x\r\n', ''),
        `${handshake('Connection: Upgrade\r\n', 'Content-Length: 5\r\n')}hello`,
        `${handshake('Connection: Upgrade\r\n', 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`,
      ];
      for (const bytes of faulty) {
        const line = await fixture.openRaw();
        line.send(bytes);
        await fixture.until('the connection is closed', () => line.isClosed);
        expect(line.received).toMatch(/^HTTP\/1\.1 400 /);
      }
      expect(fixture.gateway.upgrades).toEqual([]);
    },
  },
  {
    name: 'H13: bytes in the place of trailers are not served as a request',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(`POST /open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${HIDDEN}`);
      await fixture.until('the connection is closed', () => line.isClosed || fixture.gateway.requests.length > 0);
      await fixture.settle();
      expect(fixture.gateway.requests.filter(({ path }) => path === '/hidden')).toEqual([]);
    },
  },
];

/** The head of a handshake, up to its last header. */
function handshake(connection: string, more = ''): string {
  const head = `GET /ws?id=eve HTTP/1.1\r\nHost: x\r\n${connection}Upgrade: websocket\r\n`;
  return `${head}Sec-WebSocket-Version: 13\r\n${KEY}${more}\r\n`;
}

const UPGRADES: readonly Clause[] = [
  ...[
    { what: 'a length', headers: 'Content-Length: 40000\r\n', body: 'x'.repeat(40_000) },
    {
      what: 'chunks',
      headers: 'Transfer-Encoding: chunked\r\n',
      body: `4\r\nabcd\r\n9c40\r\n${'x'.repeat(40_000)}\r\n0\r\n\r\n`,
    },
  ].map(({ what, headers, body }): Clause => ({
    name: `H21: a request with a body of ${what} that offers h2c, as Java sends it, is served with its body`,
    needs: ['bytes'],
    async run(fixture) {
      const lengths: (number | undefined)[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        exchange.readBody(100_000, (bytes) => {
          lengths.push(bytes?.length);
          exchange.respond({ status: 200, headers: [], body: 'served' });
        });
      };
      const line = await fixture.openRaw();
      const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n';
      const request = `POST /publish HTTP/1.1\r\nHost: x\r\n${offer}${headers}\r\n${body}`;
      line.send(request.slice(0, 1000));
      await fixture.until('the request is reported', () => fixture.gateway.requests.length === 1);
      line.send(request.slice(1000));
      await fixture.until('the response is received', () => line.received.includes('served'));
      expect(lengths).toEqual([body.startsWith('4') ? 40_004 : 40_000]);
    },
  })),
  {
    name: 'H14: an upgrade that the header Connection does not name is an ordinary request',
    needs: ['bytes'],
    async run(fixture) {
      for (const connection of ['', 'Connection: keep-alive\r\n']) {
        const line = await fixture.openRaw();
        line.send(handshake(connection));
        await fixture.until('the response is received', () => line.received.includes('HTTP/1.1'));
        expect(line.received).toMatch(/^HTTP\/1\.1 200 /);
      }
      expect([fixture.gateway.upgrades, fixture.gateway.requests.length]).toEqual([[], 2]);
    },
  },
  {
    name: 'H14: the header Connection may have other tokens, and be repeated',
    needs: ['bytes'],
    async run(fixture) {
      for (const connection of ['Connection: keep-alive, Upgrade\r\n', 'Connection: keep-alive\r\nConnection: upgrade\r\n']) {
        const line = await fixture.openRaw();
        line.send(handshake(connection));
        await fixture.until('the response is received', () => line.received.includes('\r\n\r\n'));
        expect(line.received).toMatch(/^HTTP\/1\.1 101 /);
      }
    },
  },
  {
    name: 'O13: no subprotocol is accepted',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(handshake('Connection: Upgrade\r\n', 'Sec-WebSocket-Protocol: chat, superchat\r\n'));
      await fixture.until('the response is received', () => line.received.includes('\r\n\r\n'));
      expect(line.received).toMatch(/^HTTP\/1\.1 101 /);
      expect(line.received.toLowerCase()).not.toContain('sec-websocket-protocol');
    },
  },
  {
    name: 'A11: beside a token, the first other subprotocol is accepted, and never the token',
    needs: ['bytes'],
    async run(fixture) {
      const granted = async (...offers: readonly string[]): Promise<string | undefined> => {
        const line = await fixture.openRaw();
        const headers = offers.map((offer) => `Sec-WebSocket-Protocol: ${offer}\r\n`).join('');
        line.send(handshake('Connection: Upgrade\r\n', headers));
        await fixture.until('the response is received', () => line.received.includes('\r\n\r\n'));
        expect(line.received).toMatch(/^HTTP\/1\.1 101 /);
        return /sec-websocket-protocol: (.*)\r\n/i.exec(line.received)?.[1];
      };
      expect(await granted('bearer.a.b.c, signalbox, other')).toBe('signalbox');
      expect(await granted('signalbox', 'bearer.a.b.c')).toBe('signalbox');
      expect(await granted('bearer.a.b.c')).toBeUndefined();
      expect(await granted('bearer., signalbox')).toBeUndefined();
    },
  },
  {
    name: 'W7: the subprotocol of the admission is accepted, or none if the admission has none',
    needs: ['bytes'],
    async run(fixture) {
      const granted = async (subprotocol: string | undefined): Promise<string | undefined> => {
        fixture.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), subprotocol });
        const line = await fixture.openRaw();
        line.send(handshake('Connection: Upgrade\r\n', 'Sec-WebSocket-Protocol: first, second, bearer.a.b.c\r\n'));
        await fixture.until('the response is received', () => line.received.includes('\r\n\r\n'));
        expect(line.received).toMatch(/^HTTP\/1\.1 101 /);
        return /sec-websocket-protocol: (.*)\r\n/i.exec(line.received)?.[1];
      };
      expect(await granted('second')).toBe('second');
      expect(await granted(undefined)).toBeUndefined();
    },
  },
  {
    name: 'O12: a handshake of version 8 is answered with 400 and the supported version',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send(handshake('Connection: Upgrade\r\n').replace('Version: 13', 'Version: 8'));
      await fixture.until('the connection is closed', () => line.isClosed);
      expect(line.received).toMatch(/^HTTP\/1\.1 400 /);
      expect(line.received.toLowerCase()).toContain('sec-websocket-version: 13\r\n');
      expect(fixture.gateway.abandonedAdmissions).toEqual(fixture.gateway.accepted);
      expect(fixture.gateway.refusals).toMatchObject([{ status: 400 }]);
    },
  },
];

const UNREAD: readonly Clause[] = [
  {
    name: 'H15: a client that sends requests and reads no response is disconnected, or no longer read',
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      const body = 'x'.repeat(65_536);
      fixture.gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body });
      const line = await fixture.openRaw();
      line.stopReading();
      const requests = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000);
      for (let n = 0; n < 10; n++) line.send(requests);
      await fixture.expectAlive(other);
      await fixture.settle();
      // Far more 64 KiB responses than the buffers of both kernels hold.
      expect(fixture.gateway.requests.length).toBeLessThan(5_000);
    },
  },
  {
    name: 'H15: a client that sends HEAD requests and reads no response is disconnected, or no longer read',
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      const line = await fixture.openRaw();
      line.stopReading();
      const requests = 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000);
      for (let n = 0; n < 20; n++) line.send(requests);
      await fixture.expectAlive(other);
      await fixture.settle();
      expect(fixture.gateway.requests.length).toBeLessThan(10_000);
    },
  },
  {
    name: 'H15: a client that reads receives every response to pipelined requests',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50));
      await fixture.until('all are answered', () => line.received.split('HTTP/1.1 200').length === 51);
    },
  },
  {
    name: 'H15: a response larger than the network buffers arrives completely',
    async run(fixture) {
      const body = 'x'.repeat(16 * 1_048_576);
      fixture.gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body });
      const answer = await fixture.sendRequest('GET', '/');
      expect(answer.body.length).toBe(body.length);
    },
  },
];

export const HEAD_CLAUSES: readonly Clause[] = [...FRAMING, ...UPGRADES, ...UNREAD];
