import { expect, it } from 'vitest';
import { SILENT_FAREWELLS, SILENT_REFUSALS } from '../../../../../src/adapters/dialects/shared/farewells.ts';

it('M7, O5, L1, M10, M19, T5, MER12: each ending has its close code, and no word of its own', () => {
  const codes = Object.entries(SILENT_FAREWELLS).map(([ending, { code }]) => [ending, code]);
  expect(Object.fromEntries(codes)).toEqual({
    ...{ left: 1000, superseded: 4001, silent: 4002, malformed: 1007 },
    ...{ flooding: 1008, overreaching: 1008, hoarding: 1008, expired: 4003, restarting: 1012, fault: 1011 },
  });
  expect([...Object.values(SILENT_FAREWELLS), ...Object.values(SILENT_REFUSALS)].some(({ frame }) => frame !== undefined)).toBe(
    false,
  );
});

it('O6: who finds no place may come back', () => {
  expect(SILENT_REFUSALS['realm-full'].code).toBe(1013);
});
