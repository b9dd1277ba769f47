import { describe, expect, it } from 'vitest';
import { SESSION_RULES, type SessionEvent, type SessionState } from '../../../src/domain/session.ts';
import { session } from './sessions.ts';

const EVENTS: SessionEvent[] = ['registered', 'refused', 'left', 'superseded', 'ended', 'lost'];

describe('a session', () => {
  it('begins with its first word, connecting', () => {
    expect(session('ann', undefined, 7)).toMatchObject({ id: 'ann', state: 'connecting', heardAt: 7 });
  });

  it('O3, M7: opens, leaves and is over', () => {
    const ann = session('ann');
    for (const event of ['registered', 'left', 'lost'] as const) ann.take(event);
    expect(ann.state).toBe('closed');
  });

  it('takes exactly the steps of the table', () => {
    for (const state of Object.keys(SESSION_RULES) as SessionState[]) {
      for (const event of EVENTS) {
        const ann = session('ann');
        ann.state = state;
        const next = (SESSION_RULES[state] as Record<string, string>)[event];
        if (next === undefined) expect(() => ann.take(event)).toThrow(`a session that is ${state} can be ${event}`);
        else expect((ann.take(event), ann.state)).toBe(next);
      }
    }
  });
});
