import { expect } from '../expect.ts';
import { type MemoryAccount } from '../../domain/memory-account.ts';
import { MemoryBudget } from '../../domain/memory-budget.ts';
import { maskedFrame, type RawConnection } from './network-client.ts';
import { admissionOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause, Pair, TransportFixture } from './fixture.ts';

const KIB = 1024;
const TEXT = 0x1;
const CONTINUATION = 0x0;
const PING = 0x9;
const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const ROOM = { memoryBudget: 1_024 * KIB * KIB, memoryPerAddress: 1_024 * KIB * KIB };

/** Memory that a transport holds for a connection is counted. */
export const MEMORY_CLAUSES: readonly Clause[] = [
  {
    name: 'B1: unread bytes are counted until the client has read them',
    settings: { sendBufferBytes: 16_384 * KIB },
    async run(fixture) {
      const { client, connection, holding } = await counted(fixture);
      client.stopReading();
      await floodUntilCounted(fixture, connection, holding);
      client.startReading();
      await fixture.until('nothing is counted', () => holding.bytes === 0);
    },
  },
  {
    name: 'B1: received bytes of an incomplete message are counted until the message is complete',
    needs: ['bytes', 'countsIncomplete'],
    async run(fixture) {
      const { line, holding } = await countedLine(fixture);
      line.send(fragment(200 * KIB));
      await fixture.until('the fragment is counted', () => holding.bytes >= 200 * KIB);
      const { bytes } = holding;
      line.send(maskedFrame(PING, new Uint8Array(4)));
      await fixture.until('a ping between fragments is answered', () => line.received.includes('\u008a'));
      expect(holding.bytes).toBe(bytes);
      line.send(maskedFrame(CONTINUATION, new Uint8Array(KIB).fill(97)));
      await fixture.until('nothing is counted', () => holding.bytes === 0);
    },
    otherwise: {
      lacking: 'countsIncomplete',
      name: 'B4: connections with the full message limit fit into the memory of their address; further ones may send 64 KiB',
      async run(fixture) {
        const budget = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 2 * 32 * KIB });
        fixture.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory: budget.open('') });
        const pairs = [await fixture.connect(), await fixture.connect(), await fixture.connect(), await fixture.connect()];
        const [first, second, third, fourth] = pairs as [Pair, Pair, Pair, Pair];
        for (const { client } of [first, second]) client.send('x'.repeat(500 * KIB));
        third.client.send('x'.repeat(64 * KIB));
        await fixture.until(
          'all are reported',
          () => pairs.reduce((count, { connection }) => count + connection.frames.length, 0) === 3,
        );
        third.client.send('x'.repeat(64 * KIB + 1));
        fourth.client.send('x'.repeat(500 * KIB));
        await fixture.until('both are closed', () => third.connection.closedCount + fourth.connection.closedCount === 2);
        await fixture.until(
          'both clients see the close',
          () => third.client.closed !== undefined && fourth.client.closed !== undefined,
        );
        expect([third.client.closed?.code, fourth.client.closed?.code]).toEqual([1009, 1006]);
        expect([second.connection.socket.maxFrameBytes, third.connection.socket.maxFrameBytes]).toEqual([1_024 * KIB, 64 * KIB]);
        const end = { by: 'broker', code: 1009, fault: 'message-too-big-for-address' };
        expect([third.connection.end, fourth.connection.end]).toEqual([end, end]);
        await fixture.expectAlive(first);
      },
    },
  },
  {
    name: 'B3: a terminated connection ends without a close frame, also while it is being closed and is not read',
    settings: { sendBufferBytes: 16_384 * KIB },
    async run(fixture) {
      const [open, closing] = [await counted(fixture), await counted(fixture)];
      open.connection.socket.terminate();
      closing.client.stopReading();
      await floodUntilCounted(fixture, closing.connection, closing.holding);
      closing.connection.socket.close(1008, 'holds too much memory');
      closing.connection.socket.terminate();
      closing.connection.socket.terminate();
      await fixture.until('both are closed', () => open.connection.closedCount + closing.connection.closedCount === 2);
      await fixture.until('the client sees the end', () => open.client.closed !== undefined);
      expect(open.client.closed?.code).toBe(1006);
    },
  },
  {
    name: 'B1: the buffer of a large message is counted until the connection ends',
    needs: ['keepsBuffers'],
    async run(fixture) {
      const { client, connection, holding } = await counted(fixture);
      for (const size of [64, 200, 100]) client.send('x'.repeat(size * KIB));
      await fixture.until('all are reported', () => connection.frames.length === 3);
      expect(holding.bytes).toBe(200 * KIB);
    },
    otherwise: {
      lacking: 'keepsBuffers',
      name: 'B1: nothing is counted for a large message after it was reported',
      async run(fixture) {
        const { client, connection, holding } = await counted(fixture);
        client.send('x'.repeat(200 * KIB));
        await fixture.until('the message is reported', () => connection.frames.length === 1);
        await fixture.until('nothing is counted', () => holding.bytes === 0);
      },
    },
  },
  {
    name: 'B5: received bytes of a body are counted until it is complete, or until the client disconnects',
    needs: ['bytes'],
    async run(fixture) {
      const memory = new MemoryBudget(ROOM).open('');
      const sizes: (number | undefined)[] = [];
      fixture.gateway.answerRequest = (exchange) => exchange.readBody(1_024 * KIB, (body) => sizes.push(body?.length), memory);
      for (const rest of [200 * KIB, undefined]) {
        const line = await fixture.openRaw();
        line.send(`POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: ${400 * KIB}\r\n\r\n${'x'.repeat(200 * KIB)}`);
        await fixture.until('half of the body is counted', () => memory.bytes >= 200 * KIB);
        if (rest === undefined) line.end();
        else line.send('x'.repeat(rest));
        await fixture.until('nothing is counted', () => memory.bytes === 0);
      }
      expect(sizes).toEqual([400 * KIB]);
    },
  },
  {
    name: 'B5: a response before the end of the body frees the received bytes, and closes the connection',
    needs: ['bytes'],
    async run(fixture) {
      const memory = new MemoryBudget(ROOM).open('');
      const responses: (() => void)[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        exchange.readBody(1_024 * KIB, () => responses.push(() => undefined), memory);
        responses.push(() => exchange.respond({ status: 503, headers: [], body: 'no room' }));
      };
      const line = await fixture.openRaw();
      line.send(`POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: ${400 * KIB}\r\n\r\n${'x'.repeat(200 * KIB)}`);
      await fixture.until('half of the body is counted', () => memory.bytes >= 200 * KIB);
      responses[0]?.();
      expect(memory.bytes).toBe(0);
      await fixture.until('the client reads the response', () => line.received.includes('no room'));
      await fixture.until('the connection is closed', () => line.isClosed);
      expect([responses.length, line.received.split('HTTP/1.1').length]).toEqual([1, 2]);
    },
  },
  {
    name: 'B4: a closed connection frees its message limit for the next one of the address',
    async run(fixture) {
      const budget = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 32 * KIB });
      const holdings: MemoryAccount[] = [];
      fixture.gateway.answerUpgrade = (request) => {
        const memory = budget.open('');
        holdings.push(memory);
        return { ...admissionOf(request), memory };
      };
      const { client, connection } = await fixture.connect();
      client.close();
      await fixture.until('the connection is closed', () => connection.closedCount === 1);
      holdings[0]?.release();
      const next = await fixture.connect();
      next.client.send('x'.repeat(500 * KIB));
      await fixture.until('a large message is reported', () => next.connection.frames.length === 1);
    },
  },
];

/** The first fragment of a message. */
function fragment(size: number): Buffer {
  return maskedFrame(TEXT, new Uint8Array(size).fill(97), { isFinal: false });
}

async function countedLine(
  fixture: TransportFixture,
): Promise<{ readonly line: RawConnection; readonly holding: MemoryAccount }> {
  const memory = new MemoryBudget(ROOM).open('');
  fixture.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory });
  const line = await fixture.openRaw();
  line.send(HANDSHAKE);
  await fixture.until('the handshake is answered', () => line.received.includes('\r\n\r\n'));
  return { line, holding: memory };
}

async function counted(fixture: TransportFixture): Promise<Pair & { readonly holding: MemoryAccount }> {
  const memory = new MemoryBudget(ROOM).open('');
  fixture.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory });
  return { ...(await fixture.connect()), holding: memory };
}

/** The operating system buffers some of it, which is not counted. */
async function floodUntilCounted(
  fixture: TransportFixture,
  connection: RecordedConnection,
  holding: MemoryAccount,
): Promise<void> {
  const text = new Uint8Array(512 * KIB).fill(97);
  for (let sent = 0; sent < 24 && holding.bytes === 0; sent++) {
    expect(connection.socket.write(text)).not.toBe('gone');
    await fixture.subject.elapse();
    await fixture.settle();
  }
  expect(holding.bytes).toBeGreaterThan(0);
}
