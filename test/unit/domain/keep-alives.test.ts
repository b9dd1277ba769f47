import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeepAlives } from '../../../src/domain/keep-alives.ts';
import type { Session } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

const SLOT_TIME = 250;

describe('KeepAlives', () => {
  it('MQ10: yields a session once, after its own time without a message', () => {
    const [keepAlives, ann, bob] = [new KeepAlives(), session('ann'), session('bob')];
    keepAlives.add(ann, 1_500, 0);
    keepAlives.add(bob, 3_000, 0);
    expect([keepAlives.nextDeadline(), [...keepAlives.timedOut(1_499)], [...keepAlives.timedOut(1_500)]]).toEqual([
      1_500,
      [],
      [ann],
    ]);
    expect([keepAlives.nextDeadline(), [...keepAlives.timedOut(3_000)], keepAlives.nextDeadline()]).toEqual([
      3_000,
      [bob],
      NEVER,
    ]);
  });

  it('MQ10: a message restarts the time without any call', () => {
    const [keepAlives, ann] = [new KeepAlives(), session('ann')];
    keepAlives.add(ann, 1_500, 0);
    ann.lastMessageAt = 1_000;
    expect([[...keepAlives.timedOut(1_500)], keepAlives.nextDeadline(), [...keepAlives.timedOut(2_500)]]).toEqual([
      [],
      2_500,
      [ann],
    ]);
  });

  it('MQ10: forgets a session that has ended', () => {
    const [keepAlives, ann] = [new KeepAlives(), session('ann')];
    keepAlives.add(ann, 1_500, 0);
    expect(keepAlives.has(ann)).toBe(true);
    for (let time = 0; time < 2; time++) keepAlives.remove(ann);
    expect([keepAlives.has(ann), keepAlives.nextDeadline(), [...keepAlives.timedOut(1e9)]]).toEqual([false, NEVER, []]);
  });

  it('MQ10: a time may be longer than the ring of slots, and the clock may have stood still', () => {
    const [keepAlives, ann] = [new KeepAlives(), session('ann', undefined, 1e12)];
    keepAlives.add(ann, 65_535 * 1_500, 1e12);
    const end = 1e12 + 65_535 * 1_500;
    let checks = 0;
    for (let now = keepAlives.nextDeadline(); now < end; now = keepAlives.nextDeadline()) {
      expect([...keepAlives.timedOut(now)]).toEqual([]);
      checks += 1;
    }
    expect([checks > 1_000, [...keepAlives.timedOut(end + 1e12)]]).toEqual([true, [ann]]);
  });

  it('M23: checks a limited number of sessions in one turn, and the others in the next', () => {
    const keepAlives = new KeepAlives();
    for (let count = 0; count < 20_001; count++) keepAlives.add(session('ann'), 1_000, 0);
    expect([[...keepAlives.timedOut(1_000)].length, keepAlives.nextDeadline(), [...keepAlives.timedOut(1_000)].length]).toEqual([
      20_000, 1_000, 1,
    ]);
  });

  it('MQ10: closes no session early, and each at most one slot late', () => {
    const step = fc.record({ wait: fc.nat(90_000), maxSilence: fc.integer({ min: 1, max: 400_000 }), isHeard: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const keepAlives = new KeepAlives();
        const watched = new Map<Session, number>();
        let now = 0;
        for (const { wait, maxSilence, isHeard } of steps) {
          for (const end = now + wait; now < end; now = Math.min(end, Math.max(now + 1, keepAlives.nextDeadline()))) {
            for (const one of keepAlives.timedOut(now)) {
              const late = now - one.lastMessageAt - (watched.get(one) ?? NEVER);
              expect(late >= 0 && late <= SLOT_TIME).toBe(true);
              expect(watched.delete(one)).toBe(true);
            }
            for (const [one, span] of watched) expect(now - one.lastMessageAt - span).toBeLessThan(SLOT_TIME);
          }
          const [oldest] = watched.keys();
          if (isHeard && oldest !== undefined) oldest.lastMessageAt = now;
          const added = session('ann', undefined, now);
          watched.set(added, maxSilence);
          keepAlives.add(added, maxSilence, now);
        }
      }),
    );
  });
});
