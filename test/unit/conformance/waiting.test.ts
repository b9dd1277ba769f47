import { describe, expect, it } from 'vitest';
import { TimedOut } from '../../../conformance/outcomes.ts';
import { errorMessage, pollUntil, within, withTimeout } from '../../../conformance/waiting.ts';

describe('withTimeout', () => {
  it('returns the value if it arrives in time', async () => expect(await withTimeout(1_000, 'it', Promise.resolve(1))).toBe(1));

  it('fails with what is missing', async () => {
    await expect(withTimeout(10, 'a frame for ann', new Promise(() => undefined))).rejects.toThrow(
      new TimedOut('timed out after 10 ms waiting for a frame for ann'),
    );
  });
});

describe('a process that does not run', () => {
  it('does not use up a time limit', async () => {
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('late'), 30));
    const waiting = withTimeout(60, 'a frame', late);
    // Blocks the event loop for longer than the limit, as a busy machine does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
    // The answer arrives after the block, as it would from a server that was blocked too.
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve('no limit'), 5_000))])).toBe('late');
  });
});

describe('within', () => {
  it('returns a value in time, and nothing otherwise', async () => {
    expect(await within(1_000, Promise.resolve(1))).toBe(1);
    expect(await within(5, new Promise(() => undefined))).toBeUndefined();
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
