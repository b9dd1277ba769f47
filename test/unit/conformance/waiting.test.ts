import { describe, expect, it } from 'vitest';
import { errorMessage, pollUntil, withTimeout } from '../../../conformance/waiting.ts';

describe('within', () => {
  it('gives what comes in time', async () => expect(await withTimeout(1_000, 'it', Promise.resolve(1))).toBe(1));

  it('says what did not come', async () => {
    await expect(withTimeout(10, 'a frame to ann', new Promise(() => undefined))).rejects.toThrow(
      'waited 10 ms for a frame to ann',
    );
  });
});

describe('until', () => {
  it('asks until there is an answer', async () => {
    let asked = 0;
    expect(await pollUntil(1_000, 'three', async () => (++asked === 3 ? asked : undefined))).toBe(3);
  });

  it('says what did not come, and the last error', async () => {
    const ask = () => Promise.reject(new Error('taken'));
    await expect(pollUntil(10, 'room', ask)).rejects.toThrow('waited 10 ms for room: taken');
  });
});

describe('messageOf', () => {
  it('reads every kind of error', () => {
    expect(errorMessage(new Error('so'))).toBe('so');
    expect(errorMessage(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(errorMessage('so')).toBe('so');
  });
});
