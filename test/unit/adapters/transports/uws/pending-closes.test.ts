import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
    vi.advanceTimersByTime(600);
    closings.add(closing('bob'));
    vi.advanceTimersByTime(0);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(400);
    expect(ended).toEqual(['ann']);
    vi.advanceTimersByTime(600);
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
