import { describe, expect, it } from 'vitest';
import { PingSchedule } from '../../../src/domain/ping-schedule.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

describe('PingSchedule', () => {
  it('X7, MER9: yields each session once in an interval, the longest without a ping first', () => {
    const schedule = new PingSchedule();
    const [ann, bob] = [session('ann'), session('bob')];
    schedule.add(ann, 0);
    schedule.add(bob, 10);
    expect([[...schedule.due(39, 40)], [...schedule.due(45, 40)], [...schedule.due(50, 40)]]).toEqual([[], [ann], [bob]]);
    expect([[...schedule.due(84, 40)], [...schedule.due(100, 40)]]).toEqual([[], [ann, bob]]);
  });

  it('returns the time of the next ping', () => {
    const schedule = new PingSchedule();
    const ann = session('ann');
    expect(schedule.nextDeadline(40)).toBe(NEVER);
    schedule.add(ann, 5);
    expect(schedule.nextDeadline(40)).toBe(45);
    schedule.remove(ann);
    schedule.remove(ann);
    expect(schedule.nextDeadline(40)).toBe(NEVER);
  });
});
