import { expect } from 'vitest';
import type { HttpExchange } from '../../../src/application/ports/transport.ts';
import { streamAdmissionOf } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* Requests that are sent ahead of the answers to earlier ones, on one connection. */

const KIB = 1_024;

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const requests = (count: number): string => Array.from({ length: count }, (_, n) => request(`/${n}`)).join('');
const answerOf = (body: string) => ({ status: 200, headers: [] as const, body });

/** Each admission has become a connection, or was abandoned. */
function openAdmissions({ gateway }: TransportFixture, admitted: number): number {
  const over = gateway.connections.length - gateway.openCount;
  return admitted - over - gateway.abandonedAdmissions.length;
}

/** Every request is answered with a stream. @returns how many were admitted so far. */
function streamAll(scene: TransportFixture): () => number {
  let admitted = 0;
  scene.gateway.answerRequest = (exchange) => {
    admitted++;
    exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
  };
  return () => admitted;
}

export const PIPELINING_CLAUSES: readonly Clause[] = [
  {
    name: 'H15: a few requests that are sent ahead are answered in their order',
    needs: ['bytes'],
    async run(scene) {
      const held: HttpExchange[] = [];
      scene.gateway.answerRequest = (exchange) => {
        if (held.push(exchange) === 1) return;
        exchange.respond(answerOf(`<${exchange.request.path}>`));
        held[0]?.respond(answerOf('</0>'));
      };
      const line = await scene.openRaw();
      line.send(request('/0'));
      await scene.until('the first is reported', () => held.length === 1);
      line.send(request('/1') + request('/2'));
      await scene.until('a later one is answered, or waits for the first', () => held.length > 1 || line.received === '');
      held[0]?.respond(answerOf('</0>'));
      await scene.until('all are answered', () => line.received.includes('</2>'));
      expect(line.received.match(/<\/\d>/g)).toEqual(['</0>', '</1>', '</2>']);
    },
  },
  ...['websocket', 'h2c'].map((protocol): Clause => ({
    name: `H15: an upgrade to ${protocol} that is refused behind an unanswered request is answered after it, or cut`,
    needs: ['bytes'],
    async run(scene) {
      const other = await scene.connect();
      scene.gateway.answerUpgrade = () => ({ accept: false, response: answerOf('<upgrade>') });
      const held: HttpExchange[] = [];
      scene.gateway.answerRequest = (exchange) => {
        if (exchange.request.path === '/upgrade') exchange.respond(answerOf('<upgrade>'));
        else held.push(exchange);
      };
      const line = await scene.openRaw();
      line.send(
        `${request('/first')}GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await scene.until('the first is reported, or all is cut', () => held.length > 0 || line.isClosed);
      await scene.settle();
      for (const exchange of held) exchange.respond(answerOf('<first>'));
      await scene.until('both are answered, or all is cut', () => line.received.includes('<upgrade>') || line.isClosed);
      expect(['<first><upgrade>', '<first>', '']).toContain((line.received.match(/<\w+>/g) ?? []).join(''));
      await scene.expectAlive(other);
    },
  })),
  {
    name: 'H15: far more requests than are answered cost their connection, and no other',
    needs: ['bytes'],
    async run(scene) {
      const other = await scene.connect();
      scene.gateway.answerRequest = () => undefined;
      const line = await scene.openRaw();
      line.send(requests(2_000));
      await scene.until('it is cut, or held up', () => line.isClosed || scene.gateway.requests.length > 0);
      await scene.settle();
      expect(scene.gateway.requests.filter(({ path }) => path !== '/quiet').length).toBeLessThanOrEqual(100);
      await scene.expectAlive(other);
    },
  },
  {
    name: 'H15: answers that are not read are bounded by the send buffer; then their connection is cut or held up',
    needs: ['bytes'],
    settings: { sendBufferBytes: 256 * KIB },
    async run(scene) {
      const body = 'x'.repeat(128 * KIB);
      let answered = 0;
      scene.gateway.answerRequest = (exchange) => {
        answered++;
        exchange.respond(answerOf(body));
      };
      const line = await scene.openRaw();
      line.stopReading();
      // What the system takes of a connection that is not read is a few MiB at most.
      line.send(requests(90));
      await scene.settle();
      expect(answered * body.length).toBeLessThan(90 * body.length);
    },
  },
  {
    name: 'H15: nothing is admitted for ever of the streams that are asked for behind a stream',
    needs: ['bytes'],
    async run(scene) {
      const admitted = streamAll(scene);
      const line = await scene.openRaw();
      line.send(requests(6));
      await scene.until('a stream is open, or all is cut', () => admitted() > 0);
      line.cut();
      await scene.until('every admission has ended', () => openAdmissions(scene, admitted()) === 0);
    },
  },
  {
    name: 'H15: a stream behind an unanswered request ends with its connection',
    needs: ['bytes'],
    async run(scene) {
      let admitted = 0;
      scene.gateway.answerRequest = (exchange) => {
        if (exchange.request.path === '/0') return;
        admitted++;
        exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
      };
      const line = await scene.openRaw();
      line.send(requests(2));
      await scene.until('the first is reported', () => scene.gateway.requests.length > 0);
      await scene.settle();
      line.cut();
      await scene.until('every admission has ended', () => openAdmissions(scene, admitted) === 0);
      const [near] = scene.gateway.connections;
      expect(near?.socket.write(new TextEncoder().encode('too late')) ?? 'gone').toBe('gone');
    },
  },
  {
    name: 'H15: an exchange that is held behind an unanswered request is told that its far end has gone',
    needs: ['bytes'],
    async run(scene) {
      const gone: string[] = [];
      const held: string[] = [];
      scene.gateway.answerRequest = (exchange) => {
        const { path } = exchange.request;
        held.push(path);
        exchange.holdOpen(() => void gone.push(path));
      };
      const line = await scene.openRaw();
      line.send(requests(2));
      await scene.until('the first is reported', () => held.length > 0);
      await scene.settle();
      line.cut();
      await scene.until('all are told', () => gone.length === held.filter((path) => path !== '/quiet').length);
    },
  },
];
