import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ScriptedAuthorizer } from '../support/scripted-authorizer.ts';
import { TestBroker, TestPeer } from '../support/test-broker.ts';

/* One peer whose tokens are replaced at random moments, compared with a model of its expiry and its notices. */

const SWEEP = 1_000;
const step = fc.oneof(
  fc.record({ does: fc.constant('wait' as const), span: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({
    does: fc.constant('refresh' as const),
    lifetime: fc.oneof(fc.integer({ min: 4_000, max: 300_000 }), fc.constant(Number.POSITIVE_INFINITY)),
    isOwn: fc.boolean(),
  }),
);

/** When a notice is due. */
function noticeAt(expiresAt: number, now: number): number {
  return expiresAt - Math.min(60_000, Math.floor((expiresAt - now) / 2));
}

it('A5, A7: a peer is open until its last accepted token expires, and is notified once for each token', () => {
  const property = fc.property(fc.integer({ min: 4_000, max: 300_000 }), fc.array(step, { maxLength: 30 }), (first, steps) => {
    const authorizer = new ScriptedAuthorizer();
    const broker = new TestBroker({ sweepInterval: SWEEP, aliveTimeout: 10_000_000 }, { authorizer });
    authorizer.grant('first', { owner: 'ann', lifetime: first });
    const query = 'key=peerjs&id=ann&token=first&version=1.5.5';
    const ann = new TestPeer(broker.transport.connect({ path: '/peerjs', query }), 'ann');
    let [now, expiresAt, notices] = [0, first, 0];
    let dueAt = noticeAt(first, 0);
    const count = (type: string): number => ann.received.filter((message) => (message as { type: string }).type === type).length;

    for (const one of steps) {
      if (one.does === 'refresh') {
        if (now >= expiresAt) return;
        const before = count('TOKEN-ACCEPTED');
        authorizer.grant('next', { owner: one.isOwn ? 'ann' : 'eve', lifetime: one.lifetime });
        ann.send({ type: 'TOKEN', payload: { token: 'next' } });
        expect(count('TOKEN-ACCEPTED') - before).toBe(one.isOwn ? 1 : 0);
        if (!one.isOwn) continue;
        expiresAt = now + one.lifetime;
        dueAt = one.lifetime === Number.POSITIVE_INFINITY ? one.lifetime : noticeAt(expiresAt, now);
        continue;
      }
      // In steps of the sweep, so that notices and closes of one wait are seen in order.
      for (let left = one.span; left > 0; left -= SWEEP) {
        broker.advance(Math.min(left, SWEEP));
        now += Math.min(left, SWEEP);
        if (count('TOKEN-EXPIRING') > notices) {
          expect(now).toBeGreaterThanOrEqual(dueAt);
          [notices, dueAt] = [notices + 1, Number.POSITIVE_INFINITY];
        }
        expect(count('TOKEN-EXPIRING')).toBe(notices);
        expect(now - SWEEP >= dueAt, 'a notice is late').toBe(false);
        if (ann.closeCode !== undefined) {
          expect([ann.closeCode, now >= expiresAt]).toEqual([4003, true]);
          return;
        }
        expect(now - SWEEP >= expiresAt, 'the close is late').toBe(false);
      }
    }
  });
  fc.assert(property, { numRuns: 200 });
});
