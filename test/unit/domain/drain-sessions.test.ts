import { describe, expect, it } from 'vitest';
import { drainSessions } from '../../../src/domain/drain-sessions.ts';
import type { Session } from '../../../src/domain/session.ts';

function session(but: Partial<Session> = {}): Session {
  return { isDraining: false, isFetchingMailbox: false, ...but } as Session;
}

describe('drainSessions', () => {
  it('marks at most the given number of sessions, each once', () => {
    const all = [session(), session(), session()];
    expect(drainSessions([all], 2, true)).toEqual({ marked: 2, ready: all.slice(0, 2) });
    expect(drainSessions([all], 2, true)).toEqual({ marked: 1, ready: all.slice(2) });
    expect(drainSessions([all], 2, true)).toEqual({ marked: 0, ready: [] });
  });

  it('reports sessions without a mailbox fetch as ready, or all sessions if it does not wait', () => {
    const collecting = session({ isFetchingMailbox: true });
    expect(drainSessions([[collecting]], 1, true)).toEqual({ marked: 1, ready: [] });
    expect(drainSessions([[collecting]], 1, false)).toEqual({ marked: 1, ready: [collecting] });
  });
});
