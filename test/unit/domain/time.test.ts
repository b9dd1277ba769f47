import { describe, expect, it } from 'vitest';
import { momentOf, unixTimeOf, type TimeOfDay } from '../../../src/domain/time.ts';

const DAY = 1_800_000_000_000;

/** A process that started at `DAY - moment`. */
const at = (moment: number, unixTime = DAY): TimeOfDay => ({ now: () => moment, unixTime: () => unixTime });

describe('moments and the time of day', () => {
  it('M24: a stored moment keeps its age in another process', () => {
    expect(unixTimeOf(4_700, at(5_000))).toBe(DAY - 300);
    expect(momentOf(DAY - 300, at(70, DAY + 100))).toBe(70 - 400);
  });

  it('M24: rounds the age down, so that no message expires early', () => {
    expect(momentOf(DAY, at(5, DAY + 1.9))).toBe(4);
  });

  it('M14: a clock that was set back gives the moment now', () => {
    expect(momentOf(DAY, at(70, DAY - 60_000))).toBe(70);
  });
});
