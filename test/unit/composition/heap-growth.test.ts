import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { limitHeapGrowth } from '../../../src/composition/heap-growth.ts';

/* Holds 32 MiB, and replaces the oldest parts many times, so that garbage becomes old. Prints the largest heap in MiB. */
const PROGRAM = `
  const parts = [];
  let largest = 0;
  for (let n = 0; n < 30_000; n++) {
    parts[n % 4_000] = Array.from({ length: 1_000 }, () => n + 0.5);
    if (n % 50 === 0) largest = Math.max(largest, process.memoryUsage().heapUsed);
  }
  console.log(Math.round(largest / 2 ** 20));`;

/** V8 adds the size of the young generation to the limit: by default up to 128 MiB on Node 24, and 32 MiB on Node 20. */
const FIXED = ['--single-threaded-gc', '--max-semi-space-size=16'];

it('B1: a flag that V8 knows makes a heap with 32 MiB in use grow less', { timeout: 240_000 }, () => {
  const flags: string[] = [];
  limitHeapGrowth((flag) => void flags.push(flag));
  const [before, after] = [[], flags].map((all) => Number(execFileSync(process.execPath, [...FIXED, ...all, '-e', PROGRAM])));
  expect(flags).toEqual([expect.stringMatching(/^--[a-z-]+=\d+$/)]);
  expect(after).toBeGreaterThan(32);
  expect(after).toBeLessThan(0.8 * (before ?? 0));
});
