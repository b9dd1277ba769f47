import { describe, expect, it } from 'vitest';
import { askToLeave } from '../../../src/domain/leaving.ts';
import type { Session } from '../../../src/domain/session.ts';

function session(but: Partial<Session> = {}): Session {
  return { isLeaving: false, isCollecting: false, ...but } as Session;
}

describe('askToLeave', () => {
  it('asks so many, each once', () => {
    const all = [session(), session(), session()];
    expect(askToLeave(all, 2, true)).toEqual({ asked: 2, ready: all.slice(0, 2) });
    expect(askToLeave(all, 2, true)).toEqual({ asked: 1, ready: all.slice(2) });
    expect(askToLeave(all, 2, true)).toEqual({ asked: 0, ready: [] });
  });

  it('has those ready that collect nothing, or all', () => {
    const collecting = session({ isCollecting: true });
    expect(askToLeave([collecting], 1, true)).toEqual({ asked: 1, ready: [] });
    expect(askToLeave([collecting], 1, false)).toEqual({ asked: 1, ready: [collecting] });
  });
});
