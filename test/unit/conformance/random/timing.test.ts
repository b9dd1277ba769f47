import { describe, expect, it } from 'vitest';
import { EXACT, EXPECTATIONS, type Expectations } from '../../../../conformance/random/expectations.ts';
import {
  surelyExceedsRate,
  mayExceedRate,
  mayExceedMalformed,
  surelyExceedsMalformed,
} from '../../../../conformance/random/timing.ts';
import type { Limits } from '../../../../conformance/random/limits.ts';
import { newConnection, type ClientConnection } from '../../../../conformance/random/client-connection.ts';

const LIMITS: Limits = {
  ...EXPECTATIONS.signalbox.limits,
  messageBurst: 10,
  messagesPerSecond: 10,
  malformedPerWindow: 2,
  malformedWindow: 1_000,
};

function expected(limits: Partial<Limits> = {}, jitter = 0): Expectations {
  return { ...EXPECTATIONS.signalbox, limits: { ...LIMITS, ...limits }, tolerance: { ...EXACT, jitter } };
}

/** A line that opened at 0, and then said so many words, each so many ms after the one before. */
function speaker(count: number, every: number): ClientConnection {
  const line = newConnection('line 0', { realm: 'here', id: 'ann', token: 'one' });
  for (let n = 0; n <= count; n++) line.sentAt.push(n * every);
  return line;
}

function stumbler(...at: number[]): ClientConnection {
  const line = speaker(0, 0);
  line.malformedAt.push(...at);
  return line;
}

describe('M19: who floods', () => {
  it('has said more than the bucket holds', () => {
    expect(mayExceedRate(speaker(10, 0), expected())).toBe(false);
    expect(mayExceedRate(speaker(11, 0), expected())).toBe(true);
    expect(surelyExceedsRate(speaker(10, 0), expected())).toBe(false);
    expect(surelyExceedsRate(speaker(11, 0), expected())).toBe(true);
  });

  it('has not, where enough flowed into the bucket meanwhile', () => {
    expect(mayExceedRate(speaker(200, 100), expected())).toBe(false);
    expect(surelyExceedsRate(speaker(200, 90), expected())).toBe(true);
  });

  it('may have said it faster or slower than it seems, where there is a network between', () => {
    expect(mayExceedRate(speaker(11, 20), expected())).toBe(false);
    expect(mayExceedRate(speaker(11, 20), expected({}, 500))).toBe(true);
    expect(surelyExceedsRate(speaker(12, 0), expected({}, 500))).toBe(false);
  });

  it('is not closed where the server pauses instead, or has no bound', () => {
    expect(surelyExceedsRate(speaker(11, 0), expected({ onFlood: 'pause' }))).toBe(false);
    expect(surelyExceedsRate(speaker(9_999, 0), expected({ messageBurst: Infinity, messagesPerSecond: Infinity }))).toBe(false);
    expect(mayExceedRate(speaker(9_999, 0), expected({ messageBurst: Infinity, messagesPerSecond: Infinity }))).toBe(false);
  });

  it('may be closed for a little only, where the bound is not known', () => {
    const unknown = expected({ messageBurst: undefined, messagesPerSecond: undefined });
    expect(mayExceedRate(speaker(20, 0), unknown)).toBe(false);
    expect(mayExceedRate(speaker(21, 0), unknown)).toBe(true);
    expect(surelyExceedsRate(speaker(9_999, 0), unknown)).toBe(false);
  });
});

describe('M10: who stumbles', () => {
  it('may be closed when it was one frame too many', () => {
    expect(mayExceedMalformed(stumbler(0, 0), expected(), 0)).toBe(false);
    expect(mayExceedMalformed(stumbler(0, 0, 0), expected(), 0)).toBe(true);
    expect(mayExceedMalformed(stumbler(0, 0, 0), expected(), 1_000)).toBe(false);
  });

  it('must be closed when no window can have forgiven it', () => {
    expect(surelyExceedsMalformed(stumbler(0, 0, 0, 0), expected(), 0)).toBe(false);
    expect(surelyExceedsMalformed(stumbler(0, 0, 0, 0, 0), expected(), 0)).toBe(true);
  });

  it('is judged by no bound that is not known', () => {
    const unknown = expected({ malformedPerWindow: undefined, malformedWindow: undefined });
    expect(mayExceedMalformed(stumbler(0), unknown, 0)).toBe(true);
    expect(surelyExceedsMalformed(stumbler(...Array<number>(500).fill(0)), unknown, 0)).toBe(false);
  });
});
