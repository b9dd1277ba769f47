import { expect, it } from 'vitest';
import { KINDS, isHeldForAbsent } from '../../../../conformance/random/message-kinds.ts';

it('M6, M13: all messages except LEAVE are held for an absent peer', () => {
  expect(KINDS.filter((kind) => !isHeldForAbsent(kind))).toEqual(['LEAVE']);
});
