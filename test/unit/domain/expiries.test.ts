import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Expiries } from '../../../src/domain/expiries.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import type { Session } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

const until = (expiresAt?: number): Session =>
  session('ann', undefined, 0, { requestedTopics: { selectors: [], presence: false, expiresAt } });

it('MER12: ignores a session without an expiry time', () => {
  const expiries = new Expiries();
  for (const one of [until(), until(NEVER), session('bob')]) expiries.add(one);
  expect([expiries.nextDeadline(), [...expiries.due(1e15)]]).toEqual([NEVER, []]);
});

it('A5: moves a session whose expiry time has changed', () => {
  const expiries = new Expiries();
  const [ann, bob] = [until(10), until(20)];
  for (const one of [ann, bob]) expiries.add(one);
  ann.renewTopicRights({ expiresAt: 30 }, OPEN_GRANT, 0);
  expiries.add(ann);
  expect([expiries.nextDeadline(), [...expiries.due(25)], expiries.nextDeadline()]).toEqual([20, [bob], 30]);
  ann.renewTopicRights({ expiresAt: NEVER }, OPEN_GRANT, 0);
  expiries.add(ann);
  expect(expiries.nextDeadline()).toBe(NEVER);
});

it('MER12: yields each expired session once, in order, and no removed one', () => {
  const step = fc.record({
    at: fc.nat(30),
    forgets: fc.option(fc.nat(50), { nil: undefined }),
    now: fc.option(fc.nat(30), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const expiries = new Expiries();
      let watched: { readonly one: Session; readonly at: number }[] = [];
      for (const { at, forgets, now } of steps) {
        const one = until(at);
        expiries.add(one);
        watched.push({ one, at });
        if (forgets !== undefined) {
          const [gone] = watched.splice(forgets % watched.length, 1);
          if (gone !== undefined) expiries.remove(gone.one);
          if (gone !== undefined) expiries.remove(gone.one);
        }
        if (now !== undefined) {
          const due = [...expiries.due(now)];
          expect(new Set(due)).toEqual(new Set(watched.filter((entry) => entry.at <= now).map((entry) => entry.one)));
          const moments = due.map((found) => found.requestedTopics?.expiresAt ?? 0);
          expect(moments).toEqual(moments.toSorted((a, b) => a - b));
          watched = watched.filter((entry) => entry.at > now);
        }
        expect(expiries.nextDeadline()).toBe(Math.min(NEVER, ...watched.map((entry) => entry.at)));
      }
    }),
  );
});
