import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE_GRACE } from '../../../../../src/adapters/transports/shared/settings.ts';
import { type ClosingConnection, PendingCloses } from '../../../../../src/adapters/transports/uws/pending-closes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function scene() {
  const closings = new PendingCloses();
  const asked: string[] = [];
  const ended: string[] = [];
  const closing = (name: string): ClosingConnection => ({ sendPing: () => asked.push(name), sendClose: () => ended.push(name) });
  return { closings, asked, ended, closing };
}

describe('M21: connections that are closing', () => {
  it('each has the same timeout, and one timer serves them all', () => {
    const { closings, ended, closing } = scene();
    closings.add(closing('ann'));
    vi.advanceTimersByTime(CLOSE_GRACE - 400);
    closings.add(closing('bob'));
    vi.advanceTimersByTime(0);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(401);
    expect(ended).toEqual(['ann']);
    vi.advanceTimersByTime(CLOSE_GRACE - 400);
    expect(ended).toEqual(['ann', 'bob']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('each receives one ping, at the end of the turn', () => {
    const { closings, asked, closing } = scene();
    closings.add(closing('ann'));
    closings.add(closing('bob'));
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(asked).toEqual(['ann', 'bob']);
  });

  it('a connection that has read its last text is closed once, at the end of the turn', () => {
    const { closings, ended, closing } = scene();
    const ann = closing('ann');
    closings.add(ann);
    closings.acknowledged(ann);
    closings.acknowledged(ann);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(ended).toEqual(['ann']);
  });

  it('a removed connection is not closed', () => {
    const { closings, ended, closing } = scene();
    const [ann, bob] = [closing('ann'), closing('bob')];
    closings.add(ann);
    closings.add(bob);
    closings.acknowledged(bob);
    closings.remove(ann);
    closings.remove(bob);
    vi.advanceTimersByTime(5_000);
    expect(ended).toEqual([]);
  });

  it.each([
    ['whose timeout is over', CLOSE_GRACE, []],
    ['that have read their last text', 0, Array.from({ length: 600 }, (_, n) => String(n))],
  ])('M23: many connections %s are pinged and closed in several turns, in order', (_, timeout, readers) => {
    const { closings, asked, ended, closing } = scene();
    const all = Array.from({ length: 600 }, (_, n) => closing(String(n)));
    for (const one of all) closings.add(one);
    for (const reader of readers) closings.acknowledged(all[Number(reader)] as ClosingConnection);
    const counts: number[][] = [];
    if (timeout > 0) vi.advanceTimersByTime(timeout - 1);
    while (ended.length < 600) {
      const [pings, closes] = [asked.length, ended.length];
      vi.advanceTimersToNextTimer();
      counts.push([asked.length - pings, ended.length - closes]);
    }
    expect(counts.length).toBeGreaterThan(2);
    expect(Math.max(...counts.flat())).toBeLessThanOrEqual(100);
    expect(ended).toEqual(all.map((_, n) => String(n)));
  });

  it('closeAll closes all of them at once, and leaves no timer', () => {
    const { closings, ended, closing } = scene();
    const [ann, bob] = [closing('ann'), closing('bob')];
    closings.add(ann);
    closings.add(bob);
    closings.acknowledged(bob);
    closings.closeAll();
    expect(ended.sort()).toEqual(['ann', 'bob']);
    vi.advanceTimersByTime(5_000);
    expect(ended).toHaveLength(2);
  });
});
