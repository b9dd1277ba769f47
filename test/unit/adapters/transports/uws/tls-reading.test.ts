import { describe, expect, it } from 'vitest';
import { TlsReading } from '../../../../../src/adapters/transports/uws/tls-reading.ts';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a read over TLS', () => {
  it('is active during a handler, also one that throws', () => {
    const reading = new TlsReading();
    const seen: boolean[] = [];
    reading.during(() => void seen.push(reading.isActive));
    expect(() => reading.during(() => expect.fail('a handler'))).toThrow('a handler');
    expect([seen, reading.isActive]).toEqual([[true], false]);
  });

  it('delays writes to a later turn, in order, and none outside a handler', async () => {
    const reading = new TlsReading();
    const writes: number[] = [];
    reading.during(() => {
      for (const n of [1, 2]) reading.afterwards(() => void writes.push(n));
    });
    reading.afterwards(() => void writes.push(0));
    expect(writes).toEqual([0]);
    await turnOfTheLoop();
    expect(writes).toEqual([0, 1, 2]);
  });
});
