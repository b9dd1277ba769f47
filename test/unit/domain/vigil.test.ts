import { describe, expect, it } from 'vitest';
import type { Liveness } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { Vigil } from '../../../src/domain/vigil.ts';
import { session, SPEAKER } from './sessions.ts';

const one = (liveness: Liveness) => session('ann', undefined, 0, { manner: { ...SPEAKER, liveness } });
const vigil = () => new Vigil({ aliveTimeout: 1_000, pingInterval: 300, streamHeartbeat: 400 });

describe('a vigil', () => {
  it('L5: a peer that was silent for half its time is pinged, and its pong is a sign of life', () => {
    const [all, ann] = [vigil(), one('speaks')];
    all.watch(ann, 0);
    expect([all.nextDeadline(), [...all.due(499)], [...all.due(500)], [...all.due(900)]]).toEqual([500, [], [ann], []]);
    expect(all.nextDeadline()).toBe(1_000);
    all.alive(ann, 900);
    expect([[...all.silent(1_899)], [...all.silent(1_900)]]).toEqual([[], [ann]]);
  });

  it('L5: pongs count until the last message is as old as a peer may be silent, and a message renews that', () => {
    const [all, ann] = [vigil(), one('speaks')];
    all.watch(ann, 0);
    all.heard(ann, 100);
    all.alive(ann, 1_099);
    all.alive(ann, 1_100);
    expect([...all.silent(2_098)]).toEqual([]);
    all.heard(ann, 2_098);
    all.alive(ann, 3_000);
    expect([[...all.silent(3_999)], [...all.silent(4_000)]]).toEqual([[], [ann]]);
  });

  it('L5: a peer that sends messages is never pinged', () => {
    const [all, ann] = [vigil(), one('speaks')];
    all.watch(ann, 0);
    for (let now = 400; now < 4_000; now += 400) {
      all.heard(ann, now);
      expect([...all.due(now)]).toEqual([]);
    }
  });

  it.each(['speaks', 'answers'] as const)('L6: a standstill is no silence of a peer that %s', (liveness) => {
    const [all, ann] = [vigil(), one(liveness)];
    all.watch(ann, 0);
    all.stoodStill(5_000);
    expect([[...all.silent(5_999)], all.silenceOf(ann, 5_999)]).toEqual([[], 999]);
    all.heard(ann, 5_999);
    expect([[...all.silent(6_998)], [...all.silent(6_999)]]).toEqual([[], [ann]]);
  });

  it('REL3: who answers is asked, and lives by its answers', () => {
    const [all, ann] = [vigil(), one('answers')];
    all.watch(ann, 0);
    expect(all.nextDeadline()).toBe(300);
    expect([...all.due(300)]).toEqual([ann]);
    all.alive(ann, 500);
    expect([[...all.silent(1_499)], [...all.silent(1_500)]]).toEqual([[], [ann]]);
  });

  it('MER9: who reads is told something, and is never silent', () => {
    const [all, ann] = [vigil(), one('reads')];
    all.watch(ann, 0);
    all.heard(ann, 10);
    expect([[...all.due(399)], [...all.due(400)]]).toEqual([[], [ann]]);
    expect([...all.silent(1e6)]).toEqual([]);
  });

  it('MER12: whose token ends is due then, whatever it shows', () => {
    const all = vigil();
    const ann = session('ann', undefined, 0, { manner: SPEAKER, wishes: { joins: [], presence: false, expiresAt: 200 } });
    all.watch(ann, 0);
    expect([all.nextDeadline(), [...all.expired(199)], [...all.expired(200)], all.nextDeadline()]).toEqual([200, [], [ann], 500]);
  });

  it('forgets', () => {
    const all = vigil();
    for (const liveness of ['speaks', 'answers', 'reads'] as const) {
      const ann = one(liveness);
      all.watch(ann, 0);
      all.forget(ann);
    }
    expect([all.nextDeadline(), [...all.due(1e6)], [...all.silent(1e6)]]).toEqual([NEVER, [], []]);
  });
});
