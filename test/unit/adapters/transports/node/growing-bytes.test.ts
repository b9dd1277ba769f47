import { expect, it } from 'vitest';
import { ReusedBytes } from '../../../../../src/domain/reused-bytes.ts';
import { GrowingBytes } from '../../../../../src/adapters/transports/node/growing-bytes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('keeps copies of the parts, in order', () => {
  const growing = new GrowingBytes(new ReusedBytes());
  const part = bytes('one ');
  growing.append(part, 7);
  part.fill(0);
  growing.append(bytes('two'), 3);
  expect(Buffer.from(growing.bytes).toString()).toBe('one two');
});

it('takes the announced memory if it is small, and else twice what has arrived', () => {
  const [small, large] = [new GrowingBytes(new ReusedBytes()), new GrowingBytes(new ReusedBytes())];
  small.append(bytes('a'), 100);
  large.append(new Uint8Array(10_000), 1_000_000);
  expect([small.capacity, large.capacity]).toEqual([100, 20_000]);
});

it('doubles its memory for parts whose number is not known, so that each is copied about once', () => {
  const growing = new GrowingBytes(new ReusedBytes());
  const capacities = new Set<number>();
  for (let part = 0; part < 20_000; part++) {
    growing.append(Uint8Array.of(97), Number.POSITIVE_INFINITY);
    capacities.add(growing.capacity);
  }
  expect([...capacities]).toEqual([4_096, 8_194, 16_390, 32_782]);
});

it('takes no more memory than the announced length', () => {
  const growing = new GrowingBytes(new ReusedBytes());
  growing.append(new Uint8Array(10_000), 15_000);
  expect([growing.capacity, growing.length]).toEqual([15_000, 10_000]);
});
