import { expect, it } from 'vitest';
import { BatchWriter } from '../../../../../src/adapters/engines/local/batch-writer.ts';

const MIB = 1024 * 1024;

/** The batches of a writer whose channel sends at once, and its scheduled flushes. */
function recorded() {
  const batches: number[][] = [];
  const flushes: (() => void)[] = [];
  let sent: () => void = () => undefined;
  const channel = {
    send: (batch: readonly number[], done: () => void): void => {
      batches.push([...batch]);
      sent = done;
    },
  };
  const writer = new BatchWriter<number>(channel, (flush) => void flushes.push(flush));
  return { writer, batches, flushes, sent: (): void => sent() };
}

it('sends the items of a turn as one batch, and the next batch when it has left', () => {
  const { writer, batches, flushes, sent } = recorded();
  for (const item of [1, 2, 3]) writer.write(item);
  expect([batches, flushes.length]).toEqual([[], 1]);
  flushes[0]?.();
  writer.write(4);
  writer.write(5);
  expect([batches, flushes.length, writer.size]).toEqual([[[1, 2, 3]], 1, 2]);
  sent();
  sent();
  expect([batches.slice(1), writer.size]).toEqual([[[4, 5]], 0]);
  writer.write(6);
  expect(flushes).toHaveLength(2);
});

it('divides items into batches of 500 items, and of 1 MiB unless one item is larger', () => {
  const { writer, batches, flushes, sent } = recorded();
  writer.write(0, 3 * MIB);
  for (let n = 1; n <= 4; n++) writer.write(n, MIB / 2);
  for (let n = 5; n <= 600; n++) writer.write(n);
  flushes[0]?.();
  for (let n = 0; n < 4; n++) sent();
  expect(batches.map(({ length }) => length)).toEqual([1, 2, 500, 98]);
  expect(batches.flat()).toEqual(Array.from({ length: 601 }, (_, n) => n));
});
