import { describe, expect, it } from 'vitest';
import type { Liveness } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { Vigil } from '../../../src/domain/vigil.ts';
import { session, SPEAKER } from './sessions.ts';

const one = (liveness: Liveness) => session('ann', undefined, 0, { manner: { ...SPEAKER, liveness } });
const vigil = () => new Vigil({ aliveTimeout: 1_000, pingInterval: 300, streamHeartbeat: 400 });

describe('a vigil', () => {
  it('L1, L3: who is to speak is silent without a word, whatever its connection shows', () => {
    const [all, ann] = [vigil(), one('speaks')];
    all.watch(ann, 0);
    all.alive(ann, 500);
    expect([...all.silent(1_000)]).toEqual([ann]);
    expect([...all.due(1_000)]).toEqual([]);
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
