import { describe, expect, it } from 'vitest';
import { BodyPieces } from '../../../../../src/adapters/transports/shared/body-pieces.ts';
import { BodyReader } from '../../../../../src/adapters/transports/shared/body-reader.ts';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';
import { BUFFER_BYTES } from '../../../../../src/domain/memory-sizes.ts';

/** A reader of a body of at most 100 bytes, the memory that it counts, and the bodies that it passes on. */
function reader() {
  const memory = new MemoryBudget({ memoryBudget: 10_000, memoryPerAddress: 10_000 }).open('a');
  const bodies: (string | undefined)[] = [];
  const body = new BodyReader(10, new BodyPieces());
  body.read(100, (bytes) => void bodies.push(bytes && Buffer.from(bytes).toString()), memory);
  return { body, memory, bodies };
}

describe('BodyReader', () => {
  it('B5: counts the received bytes until the body is complete', () => {
    const { body, memory, bodies } = reader();
    body.add(Buffer.from('abc'));
    expect(memory.bytes).toBe(BUFFER_BYTES + 3);
    body.end();
    expect([bodies, memory.bytes]).toEqual([['abc'], 0]);
  });

  it('B5: many small chunks occupy at most twice their bytes', () => {
    const { body, memory, bodies } = reader();
    const borrowed = Buffer.from('x');
    for (let n = 0; n < 90; n++) {
      body.add(borrowed);
      expect(memory.bytes).toBeLessThanOrEqual(BUFFER_BYTES + Math.min(2 * (n + 1), 100));
    }
    borrowed.fill(33);
    body.end();
    expect(bodies).toEqual(['x'.repeat(90)]);
  });

  it('B5: frees a body that is too large, and discards the rest up to a limit', () => {
    const { body, memory, bodies } = reader();
    body.add(Buffer.alloc(60));
    body.add(Buffer.alloc(60));
    expect([bodies, memory.bytes]).toEqual([[undefined], 0]);
    expect([body.add(Buffer.alloc(10)), body.add(Buffer.alloc(1))]).toEqual(['continue', 'excessive']);
  });

  it('B5: frees a body that is no longer needed', () => {
    const { body, memory, bodies } = reader();
    body.add(Buffer.from('abc'));
    expect([body.discard(), memory.bytes, body.discard()]).toEqual([true, 0, false]);
    body.add(Buffer.from('d'));
    body.end();
    expect([bodies, memory.bytes]).toEqual([[], 0]);
  });

  it('M23: a body with thousands of pieces in one turn is excessive; a body in few pieces is not, nor one over many turns', () => {
    let endTurn = (): void => undefined;
    const pieces = new BodyPieces((then) => (endTurn = then));
    const [flood, other] = [new BodyReader(1_000_000, pieces), new BodyReader(1_000_000, pieces)];
    /** Adds pieces while they are not excessive. @returns how many. */
    const add = (body: BodyReader, most: number): number => {
      for (let n = 0; n < most; n++) if (body.add(Buffer.from('x')) === 'excessive') return n;
      return most;
    };
    for (let turn = 0; turn < 5; turn++) {
      expect(add(flood, 2_048)).toBe(2_048);
      endTurn();
    }
    expect([add(flood, 10_000), add(other, 100)]).toEqual([2_048, 64]);
  });
});
