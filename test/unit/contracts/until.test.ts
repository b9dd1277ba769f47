import { describe, expect, it } from 'vitest';
import { elapsed, until, within } from '../../../src/contracts/until.ts';

describe('until', () => {
  it('polls until there is a value; an exception is no value yet', async () => {
    let calls = 0;
    const probe = (): string | undefined => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls === 3 ? 'here' : undefined;
    };
    expect(await until(10_000, 'the value', probe)).toBe('here');
  });

  it('names what it waited for, with the last exception as the cause', async () => {
    const failing = (): never => {
      throw new Error('no port');
    };
    await expect(until(0, 'a port', failing)).rejects.toMatchObject({
      message: 'waited 0 ms for a port',
      cause: { message: 'no port' },
    });
  });
});

describe('within', () => {
  it('gives the value of the promise, or names what it waited for', async () => {
    expect(await within(10_000, 'the value', Promise.resolve(1))).toBe(1);
    await expect(within(1, 'the end', new Promise(() => undefined))).rejects.toThrow('waited 1 ms for the end');
  });
});

describe('elapsed', () => {
  it('resolves', async () => expect(await elapsed(1)).toBeUndefined());
});
