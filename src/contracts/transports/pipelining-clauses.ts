import { expect } from '../expect.ts';
import type { HttpExchange } from '../../application/ports/transport.ts';
import { streamAdmissionOf } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* Pipelined requests: sent before the responses to earlier ones. */

const KIB = 1_024;

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const requests = (count: number): string => Array.from({ length: count }, (_, n) => request(`/${n}`)).join('');
const answerOf = (body: string) => ({ status: 200, headers: [] as const, body });

/** Each admission has become a connection, or was abandoned. */
function openAdmissions({ gateway }: TransportFixture, admitted: number): number {
  const over = gateway.connections.length - gateway.openCount;
  return admitted - over - gateway.abandonedAdmissions.length;
}

/** Answers every request with a stream. @returns a counter of admissions. */
function streamAll(fixture: TransportFixture): () => number {
  let admitted = 0;
  fixture.gateway.answerRequest = (exchange) => {
    admitted++;
    exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
  };
  return () => admitted;
}

export const PIPELINING_CLAUSES: readonly Clause[] = [
  {
    name: 'H15: a few pipelined requests are answered in order',
    needs: ['bytes'],
    async run(fixture) {
      const held: HttpExchange[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        if (held.push(exchange) === 1) return;
        exchange.respond(answerOf(`<${exchange.request.path}>`));
        held[0]?.respond(answerOf('</0>'));
      };
      const line = await fixture.openRaw();
      line.send(request('/0'));
      await fixture.until('the first is reported', () => held.length === 1);
      line.send(request('/1') + request('/2'));
      await fixture.until('a later one is answered, or waits for the first', () => held.length > 1 || line.received === '');
      held[0]?.respond(answerOf('</0>'));
      await fixture.until('all are answered', () => line.received.includes('</2>'));
      expect(line.received.match(/<\/\d>/g)).toEqual(['</0>', '</1>', '</2>']);
    },
  },
  ...['websocket', 'h2c'].map((protocol): Clause => ({
    name: `H15: an upgrade to ${protocol} that is rejected behind an unanswered request is answered after it, or the connection is closed`,
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      fixture.gateway.answerUpgrade = () => ({ accept: false, response: answerOf('<upgrade>') });
      const held: HttpExchange[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        if (exchange.request.path === '/upgrade') exchange.respond(answerOf('<upgrade>'));
        else held.push(exchange);
      };
      const line = await fixture.openRaw();
      line.send(
        `${request('/first')}GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await fixture.until('the first is reported, or all is closed', () => held.length > 0 || line.isClosed);
      await fixture.settle();
      for (const exchange of held) exchange.respond(answerOf('<first>'));
      await fixture.until('both are answered, or all is closed', () => line.received.includes('<upgrade>') || line.isClosed);
      expect(['<first><upgrade>', '<first>', '']).toContain((line.received.match(/<\w+>/g) ?? []).join(''));
      await fixture.expectAlive(other);
    },
  })),
  {
    name: 'H15: far more requests than responses cost their connection, and no other',
    needs: ['bytes'],
    async run(fixture) {
      const other = await fixture.connect();
      fixture.gateway.answerRequest = () => undefined;
      const line = await fixture.openRaw();
      line.send(requests(2_000));
      await fixture.until(
        'the connection is closed, or no longer read',
        () => line.isClosed || fixture.gateway.requests.length > 0,
      );
      await fixture.settle();
      expect(fixture.gateway.requests.filter(({ path }) => path !== '/quiet').length).toBeLessThanOrEqual(100);
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'H15: unread responses are limited by the send buffer; then their connection is closed or no longer read',
    needs: ['bytes'],
    settings: { sendBufferBytes: 256 * KIB },
    async run(fixture) {
      const body = 'x'.repeat(128 * KIB);
      let answered = 0;
      fixture.gateway.answerRequest = (exchange) => {
        answered++;
        exchange.respond(answerOf(body));
      };
      const line = await fixture.openRaw();
      line.stopReading();
      // The operating system buffers a few MiB at most of a connection that is not read.
      line.send(requests(90));
      await fixture.settle();
      expect(answered * body.length).toBeLessThan(90 * body.length);
    },
  },
  {
    name: 'H15: streams that are requested behind a stream are not admitted for ever',
    needs: ['bytes'],
    async run(fixture) {
      const admitted = streamAll(fixture);
      const line = await fixture.openRaw();
      line.send(requests(6));
      await fixture.until('a stream is open, or the connection is closed', () => admitted() > 0);
      line.cut();
      await fixture.until('every admission has ended', () => openAdmissions(fixture, admitted()) === 0);
    },
  },
  {
    name: 'H15: a stream behind an unanswered request ends with its connection',
    needs: ['bytes'],
    async run(fixture) {
      let admitted = 0;
      fixture.gateway.answerRequest = (exchange) => {
        if (exchange.request.path === '/0') return;
        admitted++;
        exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
      };
      const line = await fixture.openRaw();
      line.send(requests(2));
      await fixture.until('the first is reported', () => fixture.gateway.requests.length > 0);
      await fixture.settle();
      line.cut();
      await fixture.until('every admission has ended', () => openAdmissions(fixture, admitted) === 0);
      const [connection] = fixture.gateway.connections;
      expect(connection?.socket.write(new TextEncoder().encode('too late')) ?? 'gone').toBe('gone');
    },
  },
  {
    name: 'H15: a held exchange behind an unanswered request reports that its client has disconnected',
    needs: ['bytes'],
    async run(fixture) {
      const gone: string[] = [];
      const held: string[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        const { path } = exchange.request;
        held.push(path);
        exchange.holdOpen(() => void gone.push(path));
      };
      const line = await fixture.openRaw();
      line.send(requests(2));
      await fixture.until('the first is reported', () => held.length > 0);
      await fixture.settle();
      line.cut();
      await fixture.until('all are reported', () => gone.length === held.filter((path) => path !== '/quiet').length);
    },
  },
];
