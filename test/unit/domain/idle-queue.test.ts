import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdleQueue } from '../../../src/domain/idle-queue.ts';
import type { Session } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { session } from './session-fixture.ts';

describe('IdleQueue', () => {
  it('L1: yields each session that was idle for the timeout once, the longest idle first', () => {
    const queue = new IdleQueue();
    const [ann, bob, eve] = [session('ann'), session('bob'), session('eve')];
    [ann, bob, eve].forEach((peer, i) => queue.add(peer, i * 10));
    expect([...queue.timedOut(70, 60)]).toEqual([ann, bob]);
    expect([...queue.timedOut(70, 60)]).toEqual([]);
  });

  it('L3: restarts the timeout when a frame arrives', () => {
    const queue = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    queue.add(ann, 0);
    queue.add(bob, 0);
    queue.received(ann, 50);
    expect([...queue.timedOut(60, 60)]).toEqual([bob]);
  });

  it('L1: returns the time of the next timeout', () => {
    const queue = new IdleQueue();
    const ann = session('ann');
    expect(queue.nextDeadline(60)).toBe(NEVER);
    queue.add(ann, 5);
    expect(queue.nextDeadline(60)).toBe(65);
    queue.remove(ann);
    expect(queue.nextDeadline(60)).toBe(NEVER);
  });

  it('L5: yields each idle session for one ping, and again after a frame', () => {
    const queue = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    queue.add(ann, 0);
    queue.add(bob, 10);
    expect(queue.nextPing(30)).toBe(30);
    expect([[...queue.unpinged(30, 30)], [...queue.unpinged(39, 30)]]).toEqual([[ann], []]);
    queue.received(ann, 35);
    expect(queue.nextPing(30)).toBe(40);
    expect([[...queue.unpinged(40, 30)], [...queue.unpinged(65, 30)]]).toEqual([[bob], [ann]]);
    expect(queue.nextPing(30)).toBe(NEVER);
  });

  it('L1, L5: times out a pinged session without an answer first', () => {
    const queue = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    queue.add(ann, 0);
    expect([...queue.unpinged(30, 30)]).toEqual([ann]);
    queue.add(bob, 30);
    expect(queue.nextDeadline(60)).toBe(60);
    expect([[...queue.timedOut(60, 60)], [...queue.timedOut(90, 60)]]).toEqual([[ann], [bob]]);
  });

  it('L6: stays sorted if the time is set back', () => {
    const queue = new IdleQueue();
    const [ann, bob] = [session('ann'), session('bob')];
    queue.add(ann, 100);
    queue.add(bob, 40);
    expect([bob.lastReceivedAt, [...queue.timedOut(160, 60)]]).toEqual([100, [ann, bob]]);
  });

  it('L1, L5: agrees with a full scan, for any sequence of calls', () => {
    const does = fc.constantFrom('add', 'receive', 'remove', 'ping', 'sweep');
    const step = fc.record({ who: fc.nat(5), does, after: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new IdleQueue();
        const peers = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => session(id));
        const receivedAt = new Map<Session, number>();
        const pinged = new Set<Session>();
        let now = 0;
        const idle = (span: number): Session[] => peers.filter((peer) => now - (receivedAt.get(peer) ?? Infinity) >= span);
        const actions = {
          add: (peer: Session) => {
            if (receivedAt.has(peer)) return;
            queue.add(peer, now);
            receivedAt.set(peer, now);
          },
          receive: (peer: Session) => {
            queue.received(peer, now);
            pinged.delete(peer);
            if (receivedAt.has(peer)) receivedAt.set(peer, now);
          },
          remove: (peer: Session) => {
            queue.remove(peer);
            pinged.delete(peer);
            receivedAt.delete(peer);
          },
          ping: () => {
            const due = idle(30).filter((peer) => !pinged.has(peer));
            expect(new Set(queue.unpinged(now, 30))).toEqual(new Set(due));
            for (const peer of due) pinged.add(peer);
          },
          sweep: () => {
            const timedOut = idle(60);
            expect(new Set(queue.timedOut(now, 60))).toEqual(new Set(timedOut));
            for (const peer of timedOut) actions.remove(peer);
            expect(queue.nextDeadline(60)).toBe(Math.min(NEVER, ...[...receivedAt.values()].map((at) => at + 60)));
          },
        };
        for (const { who, does: action, after } of steps) {
          now += after;
          actions[action](peers[who] as Session);
        }
      }),
    );
  });
});
