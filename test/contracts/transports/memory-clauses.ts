import { expect } from 'vitest';
import { MemoryBudget, type Holding } from '../../../src/domain/memory-budget.ts';
import { admissionOf, type Near } from './recording-gateway.ts';
import type { Clause, Pair, Scene } from './scene.ts';

const KIB = 1024;
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
];

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
