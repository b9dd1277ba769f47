import { expect } from 'vitest';
import { MemoryBudget, type Holding } from '../../../src/domain/memory-budget.ts';
import { maskedFrame, type RawLine } from '../../support/far-end.ts';
import { admissionOf, type Near } from './recording-gateway.ts';
import type { Clause, Pair, Scene } from './scene.ts';

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
      const { far, near, holding } = await counted(scene);
      far.stopReading();
      await floodUntilCounted(scene, near, holding);
      far.startReading();
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
      await scene.until('a ping between fragments is answered', () => line.heard.includes('\u008a'));
      expect(holding.bytes).toBe(bytes);
      line.send(maskedFrame(CONTINUATION, new Uint8Array(KIB).fill(97)));
      await scene.until('nothing is counted', () => holding.bytes === 0);
    },
    otherwise: {
      lacking: 'countsIncomplete',
      name: 'B4: an address has as many connections with the full message limit as its memory has room for',
      async run(scene) {
        const memory = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 2 * 1_024 * KIB });
        scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), holding: memory.open('') });
        const pairs = [await scene.connect(), await scene.connect(), await scene.connect(), await scene.connect()];
        const [first, second, third, fourth] = pairs as [Pair, Pair, Pair, Pair];
        for (const { far } of [first, second]) far.send('x'.repeat(500 * KIB));
        third.far.send('x'.repeat(64 * KIB));
        await scene.until('all are reported', () => pairs.reduce((count, { near }) => count + near.frames.length, 0) === 3);
        third.far.send('x'.repeat(64 * KIB + 1));
        fourth.far.send('x'.repeat(500 * KIB));
        await scene.until('both are closed', () => third.near.closedCount + fourth.near.closedCount === 2);
        await scene.until('both clients see the close', () => third.far.closed !== undefined && fourth.far.closed !== undefined);
        expect([third.far.closed?.code, fourth.far.closed?.code]).toEqual([1009, 1006]);
        const end = { by: 'broker', code: 1009, fault: 'message-too-big-for-address' };
        expect([third.near.end, fourth.near.end]).toEqual([end, end]);
        await scene.expectAlive(first);
      },
    },
  },
  {
    name: 'B4: a closed connection leaves its message limit to the next one of the address',
    async run(scene) {
      const memory = new MemoryBudget({ memoryBudget: ROOM.memoryBudget, memoryPerAddress: 1_024 * KIB });
      const holdings: Holding[] = [];
      scene.gateway.answerUpgrade = (request) => {
        const holding = memory.open('');
        holdings.push(holding);
        return { ...admissionOf(request), holding };
      };
      const { far, near } = await scene.connect();
      far.close();
      await scene.until('it is closed', () => near.closedCount === 1);
      holdings[0]?.release();
      const next = await scene.connect();
      next.far.send('x'.repeat(500 * KIB));
      await scene.until('a large message is reported', () => next.near.frames.length === 1);
    },
  },
];

/** The first frame of a message that has more. */
function fragment(size: number): Buffer {
  return maskedFrame(TEXT, new Uint8Array(size).fill(97), { isFinal: false });
}

async function countedLine(scene: Scene): Promise<{ readonly line: RawLine; readonly holding: Holding }> {
  const holding = new MemoryBudget(ROOM).open('');
  scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), holding });
  const line = await scene.line();
  line.send(HANDSHAKE);
  await scene.until('the handshake is answered', () => line.heard.includes('\r\n\r\n'));
  return { line, holding };
}

async function counted(scene: Scene): Promise<Pair & { readonly holding: Holding }> {
  const holding = new MemoryBudget(ROOM).open('');
  scene.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), holding });
  return { ...(await scene.connect()), holding };
}

/** The system itself takes some of it, and what it takes is counted nowhere. */
async function floodUntilCounted(scene: Scene, near: Near, holding: Holding): Promise<void> {
  const text = new Uint8Array(512 * KIB).fill(97);
  for (let sent = 0; sent < 24 && holding.bytes === 0; sent++) {
    expect(near.socket.write(text)).not.toBe('gone');
    await scene.subject.elapse();
    await scene.quiet();
  }
  expect(holding.bytes).toBeGreaterThan(0);
}
