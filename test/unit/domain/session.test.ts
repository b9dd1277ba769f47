import { describe, expect, it } from 'vitest';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { textBytes } from '../../../src/domain/memory-sizes.ts';
import { SESSION_TRANSITIONS, type SessionEvent, type SessionState } from '../../../src/domain/session.ts';
import { Token } from '../../../src/domain/token.ts';
import { session } from './session-fixture.ts';

const EVENTS: SessionEvent[] = ['registered', 'refused', 'left', 'superseded', 'ended', 'lost'];

describe('Session', () => {
  it('starts in the state connecting', () => {
    expect(session('ann', undefined, 7)).toMatchObject({ id: 'ann', state: 'connecting', lastReceivedAt: 7 });
  });

  it('O3, M7: opens, leaves and closes', () => {
    const ann = session('ann');
    for (const event of ['registered', 'left', 'lost'] as const) ann.transition(event);
    expect(ann.state).toBe('closed');
  });

  it('A7, MER12: replaces its rights in topics, and expires with the first of them', () => {
    const ann = session('ann');
    const permissions = { maySubscribe: true, mayPublish: () => true };
    ann.renewTopicRights({ clearance: 'all', expiresAt: 500, permissions }, { ...OPEN_GRANT, lifetime: 100 }, 1_000);
    expect(ann).toMatchObject({ expiresAt: 500, requestedTopics: { clearance: 'all', permissions, selectors: [] } });
    ann.renewTopicRights({ clearance: [], expiresAt: 5_000, permissions }, { ...OPEN_GRANT, lifetime: 100 }, 1_000);
    expect(ann).toMatchObject({ expiresAt: 1_100, requestedTopics: { clearance: [] } });
  });

  it('B1: counts the credentials that exceed the fixed cost of a connection', () => {
    for (const [letter, length] of [50, 52, 53, 56, 57, 112, 113, 128].flatMap(
      (n) =>
        [
          ['a', n],
          ['\u5b57', n],
        ] as const,
    )) {
      const memory = new MemoryBudget({ memoryBudget: 10_000, memoryPerAddress: 10_000 }).open('a');
      const text = letter.repeat(length);
      session(text, undefined, 0, { token: new Token(text), memory });
      expect(memory.bytes).toBe(Math.max(0, 2 * textBytes(text) - 256));
    }
  });

  it('allows exactly the transitions of the table', () => {
    for (const state of Object.keys(SESSION_TRANSITIONS) as SessionState[]) {
      for (const event of EVENTS) {
        const ann = session('ann');
        ann.state = state;
        const next = (SESSION_TRANSITIONS[state] as Record<string, string>)[event];
        if (next === undefined) {
          expect(() => ann.transition(event)).toThrow(`a session in state ${state} allows the event ${event}`);
        } else expect((ann.transition(event), ann.state)).toBe(next);
      }
    }
  });
});
