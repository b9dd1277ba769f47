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
  limitHeapGrowth({ setFlags: (flag) => void flags.push(flag), observeCollections: () => undefined, youngBytes: () => 0 });
  const [before, after] = [[], flags].map((all) => Number(execFileSync(process.execPath, [...FIXED, ...all, '-e', PROGRAM])));
  expect(flags).toEqual([expect.stringMatching(/^--[a-z-]+=\d+$/)]);
  expect(after).toBeGreaterThan(32);
  expect(after).toBeLessThan(0.8 * (before ?? 0));
});

/* Replaces 60,000 objects many times. Prints the largest young generation in MiB. */
const YOUNG_PROGRAM = `
  const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');
  setFlagsFromString(process.argv[1]);
  const objects = [];
  let largest = 0;
  for (let n = 0; n < 2_000_000; n++) {
    objects[n % 60_000] = { n, list: [n, n] };
    if (n % 10_000 > 0) continue;
    largest = Math.max(largest, getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
  }
  console.log(Math.round(largest / 2 ** 20));`;

it('B1: the young generation of V8 does not grow beyond 16 MiB, by a flag that V8 knows', { timeout: 240_000 }, () => {
  const flags: string[] = [];
  let size = 2;
  let collected = (): void => undefined;
  limitHeapGrowth({
    setFlags: (flag) => void flags.push(flag),
    observeCollections: (callback) => void (collected = callback),
    youngBytes: () => size * 2 ** 20,
  });
  flags.length = 0;
  for (size of [2, 8, 16, 16, 4]) collected();
  expect(flags).toEqual(['--semi-space-growth-factor=1', '--semi-space-growth-factor=2']);
  const [limited, usual] = flags.map((flag) => Number(execFileSync(process.execPath, ['-e', YOUNG_PROGRAM, '--', flag])));
  // From 2 to 9 MiB without growth; otherwise 13 on Node 26, and 32 or more before.
  expect(limited).toBeLessThan(16);
  expect(usual).toBeGreaterThan(limited ?? 0);
});
