import { expect, it } from 'vitest';
import { BodyPieces } from '../../../../../src/adapters/transports/shared/body-pieces.ts';

it('M23: schedules the end of a turn only if it has many pieces, and once', () => {
  const ends: (() => void)[] = [];
  const pieces = new BodyPieces((then) => ends.push(then));
  for (let n = 0; n < 1_023; n++) pieces.admits(1);
  expect(ends).toHaveLength(0);
  for (let n = 0; n < 5_000; n++) pieces.admits(1);
  expect([ends.length, pieces.turn, pieces.admits(65), pieces.admits(64)]).toEqual([1, 0, false, true]);
  ends[0]?.();
  expect([pieces.turn, pieces.admits(65)]).toEqual([1, true]);
});
