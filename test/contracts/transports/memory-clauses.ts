import { expect } from 'vitest';
import { MemoryBudget, type MemoryAccount } from '../../../src/domain/memory-budget.ts';
import { maskedFrame, type RawConnection } from '../../support/network-client.ts';
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

/** What a transport keeps for a connection is counted. */
export const MEMORY_CLAUSES: readonly Clause[] = [
  {
    name: 'B1: what a far end leaves unread is counted until it has read it',
    settings: { sendBufferBytes: 16_384 * KIB },
    async run(scene) {
      const { client, connection, holding } = await counted(scene);
      client.stopReading();
      await floodUntilCounted(scene, connection, holding);
      client.startReading();
      await scene.until('nothing is counted', () => holding.bytes === 0);
    },
  },
  {
    name: 'B1: received bytes of an incomplete message are counted until the message is complete',
    needs: ['bytes', 'countsIncomplete'],
    async run(scene) {
      const { line, holding } = await countedLine(scene);
      line.send(fragment(200 * KIB));
      await scene.until('the fragment is counted', () => holding.bytes >= 200 * KIB);
      const { bytes } = holding;
      line.send(maskedFrame(PING, new Uint8Array(4)));
      await scene.until('a ping between fragments is answered', () => line.received.includes('\u008a'));
      expect(holding.bytes).toBe(bytes);
      line.send(maskedFrame(CONTINUATION, new Uint8Array(KIB).fill(97)));
      await scene.until('nothing is counted', () => holding.bytes === 0);
    },
    otherwise: {
      lacking: 'countsIncomplete',
      name: 'B4: an address has as many connections with the full message limit as its memory has room for',
      async run(scene) {
        const budget = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 2 * 1_024 * KIB });
        scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory: budget.open('') });
        const pairs = [await scene.connect(), await scene.connect(), await scene.connect(), await scene.connect()];
        const [first, second, third, fourth] = pairs as [Pair, Pair, Pair, Pair];
        for (const { client } of [first, second]) client.send('x'.repeat(500 * KIB));
        third.client.send('x'.repeat(64 * KIB));
        await scene.until(
          'all are reported',
          () => pairs.reduce((count, { connection }) => count + connection.frames.length, 0) === 3,
        );
        third.client.send('x'.repeat(64 * KIB + 1));
        fourth.client.send('x'.repeat(500 * KIB));
        await scene.until('both are closed', () => third.connection.closedCount + fourth.connection.closedCount === 2);
        await scene.until(
          'both clients see the close',
          () => third.client.closed !== undefined && fourth.client.closed !== undefined,
        );
        expect([third.client.closed?.code, fourth.client.closed?.code]).toEqual([1009, 1006]);
        const end = { by: 'broker', code: 1009, fault: 'message-too-big-for-address' };
        expect([third.connection.end, fourth.connection.end]).toEqual([end, end]);
        await scene.expectAlive(first);
      },
    },
  },
  {
    name: 'B4: a closed connection leaves its message limit to the next one of the address',
    async run(scene) {
      const budget = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 1_024 * KIB });
      const holdings: MemoryAccount[] = [];
      scene.gateway.answerUpgrade = (request) => {
        const memory = budget.open('');
        holdings.push(memory);
        return { ...admissionOf(request), memory };
      };
      const { client, connection } = await scene.connect();
      client.close();
      await scene.until('it is closed', () => connection.closedCount === 1);
      holdings[0]?.release();
      const next = await scene.connect();
      next.client.send('x'.repeat(500 * KIB));
      await scene.until('a large message is reported', () => next.connection.frames.length === 1);
    },
  },
];

/** The first frame of a message that has more. */
function fragment(size: number): Buffer {
  return maskedFrame(TEXT, new Uint8Array(size).fill(97), { isFinal: false });
}

async function countedLine(scene: TransportFixture): Promise<{ readonly line: RawConnection; readonly holding: MemoryAccount }> {
  const memory = new MemoryBudget(ROOM).open('');
  scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory });
  const line = await scene.openRaw();
  line.send(HANDSHAKE);
  await scene.until('the handshake is answered', () => line.received.includes('\r\n\r\n'));
  return { line, holding: memory };
}

async function counted(scene: TransportFixture): Promise<Pair & { readonly holding: MemoryAccount }> {
  const memory = new MemoryBudget(ROOM).open('');
  scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), memory });
  return { ...(await scene.connect()), holding: memory };
}

/** The system itself takes some of it, and what it takes is counted nowhere. */
async function floodUntilCounted(scene: TransportFixture, near: RecordedConnection, holding: MemoryAccount): Promise<void> {
  const text = new Uint8Array(512 * KIB).fill(97);
  for (let sent = 0; sent < 24 && holding.bytes === 0; sent++) {
    expect(near.socket.write(text)).not.toBe('gone');
    await scene.subject.elapse();
    await scene.settle();
  }
  expect(holding.bytes).toBeGreaterThan(0);
}
