import { describe, expect, it } from 'vitest';
import { LivenessMonitor } from '../../../src/domain/liveness-monitor.ts';
import type { Liveness } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session, SOCKET_TRAITS } from './session-fixture.ts';

const sessionWith = (liveness: Liveness) => session('ann', undefined, 0, { traits: { ...SOCKET_TRAITS, liveness } });
const livenessMonitor = () => new LivenessMonitor({ aliveTimeout: 1_000, pingInterval: 300, streamHeartbeat: 400 });

describe('LivenessMonitor', () => {
  it('L5: pings a peer that was idle for half of the timeout; its pong restarts the timeout', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('sends')];
    monitor.add(ann, 0);
    expect([monitor.nextDeadline(), [...monitor.due(499)], [...monitor.due(500)], [...monitor.due(900)]]).toEqual([
      500,
      [],
      [ann],
      [],
    ]);
    expect(monitor.nextDeadline()).toBe(1_000);
    monitor.pongReceived(ann, 900);
    expect([[...monitor.timedOut(1_899)], [...monitor.timedOut(1_900)]]).toEqual([[], [ann]]);
  });

  it('L5: counts pongs for the timeout after the last message; a message renews this', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('sends')];
    monitor.add(ann, 0);
    monitor.received(ann, 100);
    monitor.pongReceived(ann, 1_099);
    monitor.pongReceived(ann, 1_100);
    expect([...monitor.timedOut(2_098)]).toEqual([]);
    monitor.received(ann, 2_098);
    monitor.pongReceived(ann, 3_000);
    expect([[...monitor.timedOut(3_999)], [...monitor.timedOut(4_000)]]).toEqual([[], [ann]]);
  });

  it('L5: does not ping a peer that sends messages', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('sends')];
    monitor.add(ann, 0);
    for (let now = 400; now < 4_000; now += 400) {
      monitor.received(ann, now);
      expect([...monitor.due(now)]).toEqual([]);
    }
  });

  it.each(['sends', 'answers'] as const)(
    'L6: excludes a suspension of the process from the idle time (liveness: %s)',
    (liveness) => {
      const [monitor, ann] = [livenessMonitor(), sessionWith(liveness)];
      monitor.add(ann, 0);
      monitor.addPause(5_000);
      expect([[...monitor.timedOut(5_999)], monitor.idleTimeOf(ann, 5_999)]).toEqual([[], 999]);
      monitor.received(ann, 5_999);
      expect([[...monitor.timedOut(6_998)], [...monitor.timedOut(6_999)]]).toEqual([[], [ann]]);
    },
  );

  it('REL3: pings a connection with liveness "answers", and counts its answers', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('answers')];
    monitor.add(ann, 0);
    expect(monitor.nextDeadline()).toBe(300);
    expect([...monitor.due(300)]).toEqual([ann]);
    monitor.pongReceived(ann, 500);
    expect([[...monitor.timedOut(1_499)], [...monitor.timedOut(1_500)]]).toEqual([[], [ann]]);
  });

  it('MQ10, L6: closes a session with its own keep alive earlier; pongs, suspensions and pauses do not count', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('answers')];
    monitor.add(ann, 0);
    monitor.limitSilence(ann, 500, 0);
    monitor.pongReceived(ann, 400);
    monitor.addPause(1_000);
    monitor.readingPaused(ann, 1_250);
    expect([[...monitor.timedOut(1_749)], [...monitor.timedOut(1_750)]]).toEqual([[], [ann]]);
    monitor.remove(ann);
    expect(monitor.nextDeadline()).toBe(NEVER);
  });

  it('MER9: sends keep-alives to a connection with liveness "reads", and does not time it out', () => {
    const [monitor, ann] = [livenessMonitor(), sessionWith('reads')];
    monitor.add(ann, 0);
    monitor.received(ann, 10);
    expect([[...monitor.due(399)], [...monitor.due(400)]]).toEqual([[], [ann]]);
    expect([...monitor.timedOut(1e6)]).toEqual([]);
  });

  it('MER12: expires a session with its token, for any liveness', () => {
    const monitor = livenessMonitor();
    const ann = session('ann', undefined, 0, {
      traits: SOCKET_TRAITS,
      requestedTopics: { selectors: [], presence: false, expiresAt: 200 },
    });
    monitor.add(ann, 0);
    expect([monitor.nextDeadline(), [...monitor.expiring(199)], [...monitor.expiring(200)], monitor.nextDeadline()]).toEqual([
      200,
      [],
      [ann],
      500,
    ]);
  });

  it('removes sessions', () => {
    const monitor = livenessMonitor();
    for (const liveness of ['sends', 'answers', 'reads'] as const) {
      const ann = sessionWith(liveness);
      monitor.add(ann, 0);
      monitor.remove(ann);
    }
    expect([monitor.nextDeadline(), [...monitor.due(1e6)], [...monitor.timedOut(1e6)]]).toEqual([NEVER, [], []]);
  });
});
