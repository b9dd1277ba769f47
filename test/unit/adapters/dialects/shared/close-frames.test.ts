import { expect, it } from 'vitest';
import { ENDING_CLOSE_FRAMES, REFUSAL_CLOSE_FRAMES } from '../../../../../src/adapters/dialects/shared/close-frames.ts';

it('M7, O5, L1, M10, M19, T5, MER12: each ending has its close code and no last message', () => {
  const codes = Object.entries(ENDING_CLOSE_FRAMES).map(([ending, { code }]) => [ending, code]);
  expect(Object.fromEntries(codes)).toEqual({
    ...{ left: 1000, superseded: 4001, silent: 4002, malformed: 1007 },
    ...{ flooding: 1008, overreaching: 1008, hoarding: 1008, expired: 4003, restarting: 1012, fault: 1011 },
  });
  expect(
    [...Object.values(ENDING_CLOSE_FRAMES), ...Object.values(REFUSAL_CLOSE_FRAMES)].some(({ frame }) => frame !== undefined),
  ).toBe(false);
});

it('O6: the close code of a full realm allows a later retry', () => {
  expect(REFUSAL_CLOSE_FRAMES['realm-full'].code).toBe(1013);
});
