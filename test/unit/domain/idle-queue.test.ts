import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/domain/session.ts';
import { IdleQueue } from '../../../src/domain/idle-queue.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

describe('silence', () => {
  it('L1: finds who was silent for long enough, the quietest first, once', () => {
    const silence = new IdleQueue();
    const [ann, bob, eve] = [session('ann'), session('bob'), session('eve')];
    [ann, bob, eve].forEach((peer, i) => silence.add(peer, i * 10));
    expect([...silence.timedOut(70, 60)]).toEqual([ann, bob]);
    expect([...silence.timedOut(70, 60)]).toEqual([]);
  });

  it('L3: whoever is heard has all the time again', () => {
    const silence = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    silence.add(ann, 0);
    silence.add(bob, 0);
    silence.received(ann, 50);
    expect([...silence.timedOut(60, 60)]).toEqual([bob]);
  });

  it('L1: knows when the next falls silent', () => {
    const silence = new IdleQueue();
    const ann = session('ann');
    expect(silence.nextDeadline(60)).toBe(NEVER);
    silence.add(ann, 5);
    expect(silence.nextDeadline(60)).toBe(65);
    silence.remove(ann);
    expect(silence.nextDeadline(60)).toBe(NEVER);
  });

  it('L5: each that was silent for a while is to be pinged once, and again when it was heard meanwhile', () => {
    const silence = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    silence.add(ann, 0);
    silence.add(bob, 10);
    expect(silence.nextPing(30)).toBe(30);
    expect([[...silence.unpinged(30, 30)], [...silence.unpinged(39, 30)]]).toEqual([[ann], []]);
    silence.received(ann, 35);
    expect(silence.nextPing(30)).toBe(40);
    expect([[...silence.unpinged(40, 30)], [...silence.unpinged(65, 30)]]).toEqual([[bob], [ann]]);
    expect(silence.nextPing(30)).toBe(NEVER);
  });

  it('L1, L5: who was pinged and gave no answer is silent first', () => {
    const silence = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    silence.add(ann, 0);
    expect([...silence.unpinged(30, 30)]).toEqual([ann]);
    silence.add(bob, 30);
    expect(silence.nextDeadline(60)).toBe(60);
    expect([[...silence.timedOut(60, 60)], [...silence.timedOut(90, 60)]]).toEqual([[ann], [bob]]);
  });

  it('L6: keeps its order where time is set back', () => {
    const silence = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    silence.add(ann, 100);
    silence.add(bob, 40);
    expect([bob.lastReceivedAt, [...silence.timedOut(160, 60)]]).toEqual([100, [ann, bob]]);
  });

  it('L1, L5: agrees with a look at each session, whatever is watched, heard, pinged and forgotten', () => {
    const does = fc.constantFrom('watch', 'heard', 'forget', 'ping', 'sweep');
    const step = fc.record({ who: fc.nat(5), does, after: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const silence = new IdleQueue();
        const peers = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => session(id));
        const heardAt = new Map<Session, number>();
        const pinged = new Set<Session>();
        let now = 0;
        const idle = (span: number): Session[] => peers.filter((peer) => now - (heardAt.get(peer) ?? Infinity) >= span);
        const deeds = {
          watch: (peer: Session) => {
            if (heardAt.has(peer)) return;
            silence.add(peer, now);
            heardAt.set(peer, now);
          },
          heard: (peer: Session) => {
            silence.received(peer, now);
            pinged.delete(peer);
            if (heardAt.has(peer)) heardAt.set(peer, now);
          },
          forget: (peer: Session) => {
            silence.remove(peer);
            pinged.delete(peer);
            heardAt.delete(peer);
          },
          ping: () => {
            const due = idle(30).filter((peer) => !pinged.has(peer));
            expect(new Set(silence.unpinged(now, 30))).toEqual(new Set(due));
            for (const peer of due) pinged.add(peer);
          },
          sweep: () => {
            const quiet = idle(60);
            expect(new Set(silence.timedOut(now, 60))).toEqual(new Set(quiet));
            for (const peer of quiet) deeds.forget(peer);
            expect(silence.nextDeadline(60)).toBe(Math.min(NEVER, ...[...heardAt.values()].map((at) => at + 60)));
          },
        };
        for (const { who, does: deed, after } of steps) {
          now += after;
          deeds[deed](peers[who] as Session);
        }
      }),
    );
  });
});
