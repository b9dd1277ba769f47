import { expect, it } from 'vitest';
import { KINDS, isHeldForAbsent } from '../../../../conformance/random/message-kinds.ts';

it('M6, M13: all but LEAVE waits for who is away', () => {
  expect(KINDS.filter((kind) => !isHeldForAbsent(kind))).toEqual(['LEAVE']);
});
