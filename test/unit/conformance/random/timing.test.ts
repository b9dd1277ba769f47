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

/** A connection opened at 0, which then sent `count` frames at this interval. */
function sender(count: number, every: number): ClientConnection {
  const connection = newConnection('connection 0', { realm: 'here', id: 'ann', token: 'one' });
  for (let n = 0; n <= count; n++) connection.sentAt.push(n * every);
  return connection;
}

function malformedSender(...at: number[]): ClientConnection {
  const connection = sender(0, 0);
  connection.malformedAt.push(...at);
  return connection;
}

describe('M19: the rate limit', () => {
  it('is exceeded if more frames were sent than the bucket holds', () => {
    expect(mayExceedRate(sender(10, 0), expected())).toBe(false);
    expect(mayExceedRate(sender(11, 0), expected())).toBe(true);
    expect(surelyExceedsRate(sender(10, 0), expected())).toBe(false);
    expect(surelyExceedsRate(sender(11, 0), expected())).toBe(true);
  });

  it('is not exceeded if the bucket was refilled in time', () => {
    expect(mayExceedRate(sender(200, 100), expected())).toBe(false);
    expect(surelyExceedsRate(sender(200, 90), expected())).toBe(true);
  });

  it('is uncertain within the jitter of a network', () => {
    expect(mayExceedRate(sender(11, 20), expected())).toBe(false);
    expect(mayExceedRate(sender(11, 20), expected({}, 500))).toBe(true);
    expect(surelyExceedsRate(sender(12, 0), expected({}, 500))).toBe(false);
  });

  it('does not require a close if the server pauses or has no limit', () => {
    expect(surelyExceedsRate(sender(11, 0), expected({ onFlood: 'pause' }))).toBe(false);
    expect(surelyExceedsRate(sender(9_999, 0), expected({ messageBurst: Infinity, messagesPerSecond: Infinity }))).toBe(false);
    expect(mayExceedRate(sender(9_999, 0), expected({ messageBurst: Infinity, messagesPerSecond: Infinity }))).toBe(false);
  });

  it('has a minimum if it is unknown', () => {
    const unknown = expected({ messageBurst: undefined, messagesPerSecond: undefined });
    expect(mayExceedRate(sender(20, 0), unknown)).toBe(false);
    expect(mayExceedRate(sender(21, 0), unknown)).toBe(true);
    expect(surelyExceedsRate(sender(9_999, 0), unknown)).toBe(false);
  });
});

describe('M10: the limit of malformed frames', () => {
  it('allows a close after one frame above the limit', () => {
    expect(mayExceedMalformed(malformedSender(0, 0), expected(), 0)).toBe(false);
    expect(mayExceedMalformed(malformedSender(0, 0, 0), expected(), 0)).toBe(true);
    expect(mayExceedMalformed(malformedSender(0, 0, 0), expected(), 1_000)).toBe(false);
  });

  it('requires a close if every window exceeds the limit', () => {
    expect(surelyExceedsMalformed(malformedSender(0, 0, 0, 0), expected(), 0)).toBe(false);
    expect(surelyExceedsMalformed(malformedSender(0, 0, 0, 0, 0), expected(), 0)).toBe(true);
  });

  it('requires nothing if it is unknown', () => {
    const unknown = expected({ malformedPerWindow: undefined, malformedWindow: undefined });
    expect(mayExceedMalformed(malformedSender(0), unknown, 0)).toBe(true);
    expect(surelyExceedsMalformed(malformedSender(...Array<number>(500).fill(0)), unknown, 0)).toBe(false);
  });
});
