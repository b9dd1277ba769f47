import { describe, expect, it } from 'vitest';
import { LivenessMonitor } from '../../../src/domain/liveness-monitor.ts';
import type { Liveness } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session, SOCKET_TRAITS } from './session-fixture.ts';

const one = (liveness: Liveness) => session('ann', undefined, 0, { traits: { ...SOCKET_TRAITS, liveness } });
const vigil = () => new LivenessMonitor({ aliveTimeout: 1_000, pingInterval: 300, streamHeartbeat: 400 });

describe('LivenessMonitor', () => {
  it('L5: pings a peer that was idle for half of the timeout; its pong restarts the timeout', () => {
    const [all, ann] = [vigil(), one('sends')];
    all.add(ann, 0);
    expect([all.nextDeadline(), [...all.due(499)], [...all.due(500)], [...all.due(900)]]).toEqual([500, [], [ann], []]);
    expect(all.nextDeadline()).toBe(1_000);
    all.pongReceived(ann, 900);
    expect([[...all.timedOut(1_899)], [...all.timedOut(1_900)]]).toEqual([[], [ann]]);
  });

  it('L5: counts pongs for the timeout after the last message; a message renews this', () => {
    const [all, ann] = [vigil(), one('sends')];
    all.add(ann, 0);
    all.received(ann, 100);
    all.pongReceived(ann, 1_099);
    all.pongReceived(ann, 1_100);
    expect([...all.timedOut(2_098)]).toEqual([]);
    all.received(ann, 2_098);
    all.pongReceived(ann, 3_000);
    expect([[...all.timedOut(3_999)], [...all.timedOut(4_000)]]).toEqual([[], [ann]]);
  });

  it('L5: does not ping a peer that sends messages', () => {
    const [all, ann] = [vigil(), one('sends')];
    all.add(ann, 0);
    for (let now = 400; now < 4_000; now += 400) {
      all.received(ann, now);
      expect([...all.due(now)]).toEqual([]);
    }
  });

  it.each(['sends', 'answers'] as const)(
    'L6: excludes a suspension of the process from the idle time (liveness: %s)',
    (liveness) => {
      const [all, ann] = [vigil(), one(liveness)];
      all.add(ann, 0);
      all.addPause(5_000);
      expect([[...all.timedOut(5_999)], all.idleTimeOf(ann, 5_999)]).toEqual([[], 999]);
      all.received(ann, 5_999);
      expect([[...all.timedOut(6_998)], [...all.timedOut(6_999)]]).toEqual([[], [ann]]);
    },
  );

  it('REL3: pings a connection with liveness "answers", and counts its answers', () => {
    const [all, ann] = [vigil(), one('answers')];
    all.add(ann, 0);
    expect(all.nextDeadline()).toBe(300);
    expect([...all.due(300)]).toEqual([ann]);
    all.pongReceived(ann, 500);
    expect([[...all.timedOut(1_499)], [...all.timedOut(1_500)]]).toEqual([[], [ann]]);
  });

  it('MER9: sends keep-alives to a connection with liveness "reads", and does not time it out', () => {
    const [all, ann] = [vigil(), one('reads')];
    all.add(ann, 0);
    all.received(ann, 10);
    expect([[...all.due(399)], [...all.due(400)]]).toEqual([[], [ann]]);
    expect([...all.timedOut(1e6)]).toEqual([]);
  });

  it('MER12: expires a session with its token, for any liveness', () => {
    const all = vigil();
    const ann = session('ann', undefined, 0, {
      traits: SOCKET_TRAITS,
      requestedTopics: { selectors: [], presence: false, expiresAt: 200 },
    });
    all.add(ann, 0);
    expect([all.nextDeadline(), [...all.expired(199)], [...all.expired(200)], all.nextDeadline()]).toEqual([200, [], [ann], 500]);
  });

  it('removes sessions', () => {
    const all = vigil();
    for (const liveness of ['sends', 'answers', 'reads'] as const) {
      const ann = one(liveness);
      all.add(ann, 0);
      all.remove(ann);
    }
    expect([all.nextDeadline(), [...all.due(1e6)], [...all.timedOut(1e6)]]).toEqual([NEVER, [], []]);
  });
});
