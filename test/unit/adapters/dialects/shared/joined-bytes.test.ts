import { expect, it } from 'vitest';
import { JoinedBytes } from '../../../../../src/adapters/dialects/shared/joined-bytes.ts';

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

it('joins parts in order, of any size', () => {
  const joined = new JoinedBytes();
  for (const length of [0, 10, 200_000, 70_000]) {
    const bytes = joined.join([filled(length, 1), filled(3, 2)]);
    expect([bytes.length, bytes.indexOf(2), bytes.lastIndexOf(1)]).toEqual([length + 3, length, length - 1]);
  }
});

it('B1: large frames share one memory, and small ones have their own', () => {
  const joined = new JoinedBytes();
  const [first, second, third] = [200_000, 100_000, 200_000].map((length) => joined.join([filled(length, 1)]).buffer);
  expect([second === first, third === first, joined.join([filled(5, 1)]).buffer === first]).toEqual([true, true, false]);
});
