import { describe, expect, it } from 'vitest';
import { errorMessage, pollUntil, withTimeout } from '../../../conformance/waiting.ts';

describe('withTimeout', () => {
  it('returns the value if it arrives in time', async () => expect(await withTimeout(1_000, 'it', Promise.resolve(1))).toBe(1));

  it('fails with what is missing', async () => {
    await expect(withTimeout(10, 'a frame for ann', new Promise(() => undefined))).rejects.toThrow(
      'timed out after 10 ms waiting for a frame for ann',
    );
  });
});

describe('pollUntil', () => {
  it('polls until there is a value', async () => {
    let calls = 0;
    expect(await pollUntil(1_000, 'three', async () => (++calls === 3 ? calls : undefined))).toBe(3);
  });

  it('fails with what is missing, and the last error', async () => {
    const ask = () => Promise.reject(new Error('taken'));
    await expect(pollUntil(10, 'room', ask)).rejects.toThrow('timed out after 10 ms waiting for room: taken');
  });
});

describe('errorMessage', () => {
  it('returns the message of any error', () => {
    expect(errorMessage(new Error('so'))).toBe('so');
    expect(errorMessage(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(errorMessage('so')).toBe('so');
  });
});
