import { describe, expect, it } from 'vitest';
import { Prompts } from '../../../src/domain/prompts.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './sessions.ts';

describe('prompts', () => {
  it('X7, MER9: everyone is asked once in an interval, the longest unasked first', () => {
    const prompts = new Prompts();
    const [ann, bob] = [session('ann'), session('bob')];
    prompts.watch(ann, 0);
    prompts.watch(bob, 10);
    expect([[...prompts.due(39, 40)], [...prompts.due(45, 40)], [...prompts.due(50, 40)]]).toEqual([[], [ann], [bob]]);
    expect([[...prompts.due(84, 40)], [...prompts.due(100, 40)]]).toEqual([[], [ann, bob]]);
  });

  it('know when the next is due', () => {
    const prompts = new Prompts();
    const ann = session('ann');
    expect(prompts.nextDeadline(40)).toBe(NEVER);
    prompts.watch(ann, 5);
    expect(prompts.nextDeadline(40)).toBe(45);
    prompts.forget(ann);
    prompts.forget(ann);
    expect(prompts.nextDeadline(40)).toBe(NEVER);
  });
});
