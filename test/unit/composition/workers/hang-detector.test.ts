import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { HangDetector } from '../../../../src/composition/workers/hang-detector.ts';

describe('the detector of workers that hang', () => {
  let clock: ManualClock;
  let detector: HangDetector<string>;
  let pinged: string[];
  let hung: [string, number][];
  /** These answer each ping at once. */
  let healthy: Set<string>;

  beforeEach(() => {
    clock = new ManualClock();
    [pinged, hung, healthy] = [[], [], new Set()];
    detector = new HangDetector({
      ...{ clock, interval: 1_000 },
      ping: (worker) => {
        pinged.push(worker);
        if (healthy.has(worker)) detector.answered(worker);
      },
      hangs: (worker, silence) => hung.push([worker, silence]),
    });
  });

  it('reports a worker that answers none of four pings, once, and not the others', () => {
    healthy.add('a');
    detector.watch('a');
    detector.watch('b');
    clock.advance(4_999);
    expect(hung).toEqual([]);
    clock.advance(60_000);
    expect(hung).toEqual([['b', 4_000]]);
    expect(pinged.filter((worker) => worker === 'a')).toHaveLength(64);
  });

  it('does not report a worker whose answers are late, as in a long garbage collection', () => {
    detector.watch('a');
    for (let n = 0; n < 20; n++) {
      clock.advance(3_900);
      detector.answered('a');
    }
    expect(hung).toEqual([]);
  });

  it('does not report workers after this process, or the machine, was suspended', () => {
    detector.watch('a');
    clock.advance(4_500);
    clock.advanceWithoutWaking(3_600_000);
    clock.advance(0);
    expect(hung).toEqual([]);
    detector.answered('a');
    clock.advance(4_000);
    expect(hung).toEqual([]);
    clock.advance(1_000);
    expect(hung).toEqual([['a', 4_000]]);
  });

  it('forgets a worker that has ended, and all when it stops', () => {
    detector.watch('a');
    detector.watch('b');
    detector.forget('a');
    detector.answered('a');
    clock.advance(1_000);
    expect(pinged).toEqual(['b']);
    detector.stop();
    clock.advance(60_000);
    expect([pinged, hung]).toEqual([['b'], []]);
  });
});
