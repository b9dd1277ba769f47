import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { ActivityMeter } from '../../../src/application/activity-meter.ts';

function metered() {
  const clock = new ManualClock();
  const counts = { opened: 0, closed: 0, refused: 0 };
  const totals = { framesIn: 0, framesOut: 0 };
  const meter = new ActivityMeter({ clock, journal: { counts: () => counts }, connections: { totals } } as never);
  return { clock, counts, totals, meter };
}

describe('the rates', () => {
  it('ADM7: are those of the last second', () => {
    const { clock, counts, totals, meter } = metered();
    meter.start();
    counts.opened = 3;
    totals.framesIn = 10;
    expect(meter.perSecond.opened).toBe(0);
    clock.advance(1_000);
    expect(meter.perSecond).toEqual({ opened: 3, closed: 0, refused: 0, framesIn: 10, framesOut: 0 });
    clock.advance(1_000);
    expect(meter.perSecond.opened).toBe(0);
    expect(meter.totals()).toEqual({ opened: 3, closed: 0, refused: 0, framesIn: 10, framesOut: 0 });
  });

  it('ADM7: are told once a second until the listener or the meter ends', () => {
    const { clock, meter } = metered();
    let seconds = 0;
    const end = meter.onSecond(() => (seconds += 1));
    meter.start();
    clock.advance(3_000);
    expect(seconds).toBe(3);
    end();
    clock.advance(1_000);
    meter.onSecond(() => (seconds += 1));
    meter.stop();
    clock.advance(5_000);
    expect(seconds).toBe(3);
  });
});
