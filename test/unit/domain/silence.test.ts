import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Silence } from '../../../src/domain/silence.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './sessions.ts';

describe('silence', () => {
  it('L1: finds who was silent for long enough, the quietest first, once', () => {
    const silence = new Silence();
    const [ann, bob, eve] = [session('ann'), session('bob'), session('eve')];
    [ann, bob, eve].forEach((peer, i) => silence.watch(peer, i * 10));
    expect([...silence.silent(70, 60)]).toEqual([ann, bob]);
    expect([...silence.silent(70, 60)]).toEqual([]);
  });

  it('L3: whoever is heard has all the time again', () => {
    const silence = new Silence();
    const [ann, bob] = [session('ann'), session('bob')];
    silence.watch(ann, 0);
    silence.watch(bob, 0);
    silence.heard(ann, 50);
    expect([...silence.silent(60, 60)]).toEqual([bob]);
  });

  it('L1: knows when the next falls silent', () => {
    const silence = new Silence();
    const ann = session('ann');
    expect(silence.nextDeadline(60)).toBe(NEVER);
    silence.watch(ann, 5);
    expect(silence.nextDeadline(60)).toBe(65);
    silence.forget(ann);
    expect(silence.nextDeadline(60)).toBe(NEVER);
  });

  it('watches everybody once', () => {
    const silence = new Silence();
    const ann = session('ann');
    silence.watch(ann, 0);
    expect(() => silence.watch(ann, 1)).toThrow('a session is watched once');
  });

  it('L1: agrees with looking at everybody, whatever is watched, heard and forgotten', () => {
    const step = fc.record({ who: fc.nat(5), does: fc.constantFrom('watch', 'heard', 'forget', 'sweep'), after: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const silence = new Silence();
        const peers = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => session(id));
        const heardAt = new Map<number, number>();
        let now = 0;
        for (const { who, does, after } of steps) {
          now += after;
          const peer = peers[who];
          if (peer === undefined) return;
          if (does === 'watch' && !heardAt.has(who)) silence.watch(peer, now);
          else if (does === 'heard' && heardAt.has(who)) silence.heard(peer, now);
          else if (does === 'forget') silence.forget(peer);
          if (does === 'forget') heardAt.delete(who);
          else if (does !== 'sweep' && (does === 'watch' ? !heardAt.has(who) : heardAt.has(who))) heardAt.set(who, now);
          if (does !== 'sweep') continue;
          const quiet = [...heardAt].filter(([, at]) => now - at >= 60).map(([i]) => peers[i]?.id);
          for (const [i, at] of [...heardAt]) if (now - at >= 60) heardAt.delete(i);
          expect([...silence.silent(now, 60)].map(({ id }) => id).sort()).toEqual(quiet.sort());
          expect(silence.nextDeadline(60)).toBe(Math.min(NEVER, ...[...heardAt.values()].map((at) => at + 60)));
        }
      }),
    );
  });
});
