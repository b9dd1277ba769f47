import { expect, it } from 'vitest';
import { residentBytes } from '../../../../src/composition/bench-command/resident-memory.ts';

it('reads the memory of a process', () => {
  const read = (path: string) => (path === '/proc/7/status' ? 'Name:\tnode\nVmRSS:\t   2048 kB\nVmData:\t 1 kB\n' : '');
  expect(residentBytes(7, read)).toBe(2 * 1024 * 1024);
});

it('fails for a process that has ended', () => {
  expect(() => residentBytes(7, () => 'State:\tZ (zombie)\n')).toThrow('the process 7 has no memory: it has ended');
});
