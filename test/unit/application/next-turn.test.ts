import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { NextTurn } from '../../../src/application/next-turn.ts';

/** A step that requests another turn as often as `again` says. */
function requested(again: number): { readonly clock: ManualClock; readonly nextTurn: NextTurn; readonly runs: () => number } {
  const clock = new ManualClock();
  let runs = 0;
  const nextTurn = new NextTurn(clock, () => {
    runs += 1;
    if (runs <= again) nextTurn.request();
  });
  return { clock, nextTurn, runs: () => runs };
}

describe('M23: the step of the next turn', () => {
  it('runs once for any number of requests, and not within them', () => {
    const { clock, nextTurn, runs } = requested(0);
    for (let n = 0; n < 3; n++) nextTurn.request();
    expect(runs()).toBe(0);
    clock.advance(0);
    expect(runs()).toBe(1);
    clock.advance(1);
    expect(runs()).toBe(1);
  });

  it('may request another turn', () => {
    const { clock, nextTurn, runs } = requested(2);
    nextTurn.request();
    clock.advance(10);
    expect(runs()).toBe(3);
    nextTurn.request();
    clock.advance(10);
    expect(runs()).toBe(4);
  });
});
