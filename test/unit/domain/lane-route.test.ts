import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import { LaneRoute } from '../../../src/domain/lane-route.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';

function message(n: number, bytes = 1): SignalMessage {
  return { kind: 'offer', from: 'ann' as PeerId, to: 'bob' as PeerId, payload: new Uint8Array(bytes).fill(n) };
}

/** A route whose first message is held. */
function usedRoute(): LaneRoute {
  const route = new LaneRoute();
  route.next(0, true);
  route.putSent();
  route.putAnswered('held');
  return route;
}

describe('LaneRoute', () => {
  it('M17: messages use the mailbox, and the second one looks the peer up', () => {
    const route = new LaneRoute();
    expect(route.next(0, true)).toBe('put');
    route.putSent();
    expect(route.next(1, true)).toBe('put');
    route.putAnswered('held');
    expect([route.next(2, true), route.next(3, true), route.state]).toEqual(['locate', 'put', 'locating']);
  });

  it('M17: messages wait until the lane is open, and are then sent in order', () => {
    const route = usedRoute();
    route.next(1, true);
    route.opening(1);
    for (const n of [1, 2]) expect([route.next(2, true), route.wait(message(n))]).toEqual(['wait', true]);
    expect(route.opened().map(({ payload }) => payload?.[0])).toEqual([1, 2]);
    expect([route.next(3, true), route.state]).toEqual(['send', 'open']);
  });

  it('M17: a lane closes when the lease is uncertain, and messages wait until its receiver has answered', () => {
    const route = usedRoute();
    route.opening(1);
    route.opened();
    expect([route.next(2, false), route.next(3, true)]).toEqual(['close', 'wait']);
    route.wait(message(1));
    expect([route.toMailbox(4).length, route.next(5, true)]).toEqual([1, 'put']);
  });

  it('looks the peer up again after half a second, or after 50 ms if only the link was missing', () => {
    const [refused, unlinked] = [usedRoute(), usedRoute()];
    refused.toMailbox(1_000);
    unlinked.toMailbox(1_000, true);
    expect([1_049, 1_050, 1_499].map((now) => refused.next(now, true))).toEqual(['put', 'put', 'put']);
    expect([unlinked.next(1_049, true), unlinked.next(1_050, true)]).toEqual(['put', 'locate']);
    expect(refused.next(1_500, true)).toBe('locate');
  });

  it('M17: never opens after a put with an unknown result, because the message may appear at any time', () => {
    const route = usedRoute();
    route.putSent();
    route.putAnswered('unknown');
    expect([route.next(10_000, true), route.isSettled]).toEqual(['put', false]);
  });

  it('does not open without a lease that is certain', () => expect(usedRoute().next(1, false)).toBe('put'));

  it('is settled when all puts are answered', () => {
    const route = usedRoute();
    route.putSent();
    expect(route.isSettled).toBe(false);
    route.putAnswered('rejected');
    expect(route.isSettled).toBe(true);
  });

  it('keeps at most 256 waiting messages and 1 MiB', () => {
    const [many, large] = [new LaneRoute(), new LaneRoute()];
    for (let n = 0; n < 256; n++) expect(many.wait(message(n))).toBe(true);
    expect(many.wait(message(0))).toBe(false);
    expect([large.wait(message(1, 1_000_000)), large.wait(message(2, 100_000))]).toEqual([true, false]);
  });

  it('is overdue after two seconds without an answer', () => {
    const route = usedRoute();
    route.opening(1_000);
    expect([route.isOverdue(3_000), route.isOverdue(3_001)]).toEqual([false, true]);
    route.opened();
    expect(route.isOverdue(9_000)).toBe(false);
  });

  it('is idle a minute after its last message, if no put is unanswered', () => {
    const route = usedRoute();
    expect([route.isIdle(60_000), route.isIdle(60_001)]).toEqual([false, true]);
    route.putSent();
    expect(route.isIdle(60_001)).toBe(false);
  });
});
