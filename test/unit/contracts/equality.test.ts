import { describe, expect, it } from 'vitest';
import { isEqual } from '../../../src/contracts/equality.ts';

describe('isEqual', () => {
  it.each([
    [1, 1],
    [NaN, NaN],
    [{ a: 1 }, { a: 1, b: undefined }],
    [
      [1, { a: [2] }],
      [1, { a: [2] }],
    ],
    [new Set([1, 'a']), new Set(['a', 1])],
    [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
    [new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
    [Buffer.from('abc'), new Uint8Array([97, 98, 99])],
    [new Error('full'), new Error('full')],
    [undefined, undefined],
  ])('%o equals %o', (one, other) => {
    expect([isEqual(one, other), isEqual(other, one)]).toEqual([true, true]);
  });

  it.each([
    [1, '1'],
    [0, -0],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: null }],
    [[1], [1, 2]],
    [[], {}],
    [new Uint8Array(1), {}],
    [new Uint8Array(1), new Uint8Array(2)],
    [new Set([1]), new Set([2])],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new Error('full'), new Error('empty')],
    [null, undefined],
    [{ 0: 1 }, [1]],
  ])('%o differs from %o', (one, other) => {
    expect([isEqual(one, other), isEqual(other, one)]).toEqual([false, false]);
  });

  it('the expected part may be smaller, at every depth', () => {
    expect(isEqual({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } }, true)).toBe(true);
    expect(isEqual([{ a: 1, b: 2 }], [{ a: 1 }], true)).toBe(true);
    expect(isEqual([{ a: 1 }, 2], [{ a: 1 }], true)).toBe(false);
    expect(isEqual({ a: 1 }, { a: 1, b: 2 }, true)).toBe(false);
  });

  it('a pattern in place of a value decides', () => {
    const even = { isValuePattern: true, matches: (value: unknown) => Number(value) % 2 === 0 };
    expect([isEqual([2], [even]), isEqual([3], [even])]).toEqual([true, false]);
  });
});
