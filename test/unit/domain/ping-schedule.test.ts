import { describe, expect, it } from 'vitest';
import { PingSchedule } from '../../../src/domain/ping-schedule.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

describe('prompts', () => {
  it('X7, MER9: everyone is asked once in an interval, the longest unasked first', () => {
    const prompts = new PingSchedule();
    const [ann, bob] = [session('ann'), session('bob')];
    prompts.add(ann, 0);
    prompts.add(bob, 10);
    expect([[...prompts.due(39, 40)], [...prompts.due(45, 40)], [...prompts.due(50, 40)]]).toEqual([[], [ann], [bob]]);
    expect([[...prompts.due(84, 40)], [...prompts.due(100, 40)]]).toEqual([[], [ann, bob]]);
  });

  it('know when the next is due', () => {
    const prompts = new PingSchedule();
    const ann = session('ann');
    expect(prompts.nextDeadline(40)).toBe(NEVER);
    prompts.add(ann, 5);
    expect(prompts.nextDeadline(40)).toBe(45);
    prompts.remove(ann);
    prompts.remove(ann);
    expect(prompts.nextDeadline(40)).toBe(NEVER);
  });
});
