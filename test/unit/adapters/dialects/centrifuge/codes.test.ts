import { describe, expect, it } from 'vitest';
import { CLOSES, ENDINGS, ERRORS, REFUSALS } from '../../../../../src/adapters/dialects/centrifuge/codes.ts';

const FINAL = [3500, 3999] as const;

describe('codes of Centrifuge', () => {
  it('CF12, CF13: each code is used once', () => {
    for (const codes of [Object.values(ERRORS), Object.values(CLOSES)].map((all) => all.map(({ code }) => code))) {
      expect(new Set(codes).size).toBe(codes.length);
    }
  });

  it('CF12, CF13: a client that may try again receives a code after which it reconnects', () => {
    const isFinal = (code: number): boolean => code >= FINAL[0] && code <= FINAL[1];
    const again = Object.entries(REFUSALS).filter(([, { close }]) => !isFinal(close.code));
    expect(again.map(([reason]) => reason).sort()).toEqual([
      ...['authorizer-unreachable', 'realm-full', 'token-expired', 'too-many-realms'],
    ]);
    const endings = Object.entries(ENDINGS).filter(([, { code }]) => isFinal(code));
    expect(endings.map(([ending]) => ending).sort()).toEqual(['malformed', 'overreaching', 'removed', 'superseded']);
  });

  it('CF12: an error after which the client stops does not come before a close after which it reconnects', () => {
    const isRetried = (code: number): boolean => code === 109 || code === 100 || code === 111;
    for (const { error, close } of Object.values(REFUSALS)) {
      if (error !== undefined && close.code < FINAL[0]) expect(isRetried(error.code), close.why).toBe(true);
    }
  });
});
