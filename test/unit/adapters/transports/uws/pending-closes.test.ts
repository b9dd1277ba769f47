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
  it('each has the same grace, and one timer serves them all', () => {
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

  it('each is asked once, when the turn is over', () => {
    const { closings, asked, closing } = scene();
    closings.add(closing('ann'));
    closings.add(closing('bob'));
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(asked).toEqual(['ann', 'bob']);
  });

  it('one that has read its last text is closed with the end of the turn, once', () => {
    const { closings, ended, closing } = scene();
    const ann = closing('ann');
    closings.add(ann);
    closings.acknowledged(ann);
    closings.acknowledged(ann);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(ended).toEqual(['ann']);
  });

  it('one that is over is not closed any more', () => {
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

  it('endAll closes all of them at once, and leaves no timer', () => {
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
