import { expect, it } from 'vitest';
import { TopicSpaces } from '../../../src/domain/topic-spaces.ts';
import { LIMITS } from './session-fixture.ts';

it('T2: has one registry for each space', () => {
  const spaces = new TopicSpaces(LIMITS, true);
  const [letters, updates] = [
    spaces.of({ space: 'letters', keepsHistory: false }),
    spaces.of({ space: 'updates', keepsHistory: true }),
  ];
  expect(spaces.of({ space: 'letters', keepsHistory: false })).toBe(letters);
  expect([letters.keepsHistory, updates.keepsHistory]).toEqual([false, true]);
});

it('R5: without history, no space keeps publications', () => {
  expect(new TopicSpaces(LIMITS, false).of({ space: 'updates', keepsHistory: true }).keepsHistory).toBe(false);
});
