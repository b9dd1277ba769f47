import { AssertionError } from 'node:assert';
import { describe, expect as judge, it } from 'vitest';
import { expect } from '../../../src/contracts/expect.ts';

type Call = () => unknown;

/** For each check: a call that holds, and one that does not. */
const CHECKS: Readonly<Record<string, readonly [holds: Call, fails: Call]>> = {
  toBe: [() => expect(1).toBe(1), () => expect({}).toBe({})],
  toEqual: [() => expect({ a: 1 }).toEqual({ a: 1, b: undefined }), () => expect({ a: 1, b: 2 }).toEqual({ a: 1 })],
  toMatchObject: [() => expect({ a: 1, b: 2 }).toMatchObject({ a: 1 }), () => expect({ b: 2 }).toMatchObject({ a: 1 })],
  toMatch: [() => expect('abc').toMatch(/b/), () => expect(undefined).toMatch(/b/)],
  toContain: [() => expect([1, 2]).toContain(2), () => expect([{}]).toContain({})],
  'toContain of a text': [() => expect('abc').toContain('bc'), () => expect('abc').toContain('cb')],
  toContainEqual: [() => expect([{ a: 1 }]).toContainEqual({ a: 1 }), () => expect([{ a: 1 }]).toContainEqual({ a: 2 })],
  toHaveLength: [() => expect([1]).toHaveLength(1), () => expect([1]).toHaveLength(2)],
  toBeUndefined: [() => expect(undefined).toBeUndefined(), () => expect(null).toBeUndefined()],
  toBeDefined: [() => expect(null).toBeDefined(), () => expect(undefined).toBeDefined()],
  toBeInstanceOf: [() => expect(new TypeError('')).toBeInstanceOf(Error), () => expect({}).toBeInstanceOf(Error)],
  toBeGreaterThan: [() => expect(2).toBeGreaterThan(1), () => expect(1).toBeGreaterThan(1)],
  toBeGreaterThanOrEqual: [() => expect(1).toBeGreaterThanOrEqual(1), () => expect(undefined).toBeGreaterThanOrEqual(1)],
  toBeLessThan: [() => expect(1).toBeLessThan(2), () => expect(2).toBeLessThan(2)],
  toBeLessThanOrEqual: [() => expect(2).toBeLessThanOrEqual(2), () => expect(3).toBeLessThanOrEqual(2)],
  'toThrow of a function': [() => expect(fail).toThrow('full'), () => expect(() => 1).toThrow()],
  'toThrow with a pattern': [() => expect(fail).toThrow(/^full$/), () => expect(fail).toThrow(/empty/)],
  'toThrow with a class': [() => expect(fail).toThrow(RangeError), () => expect(fail).toThrow(TypeError)],
  not: [() => expect(1).not.toBe(2), () => expect(1).not.toBe(1)],
  stringMatching: [
    () => expect(['ab']).toEqual([expect.stringMatching(/a/)]),
    () => expect(1).toEqual(expect.stringMatching(/a/)),
  ],
  stringContaining: [
    () => expect('ab').toEqual(expect.stringContaining('b')),
    () => expect('a').toEqual(expect.stringContaining('b')),
  ],
  arrayContaining: [
    () => expect([1, 2]).toEqual(expect.arrayContaining([2])),
    () => expect([1]).toEqual(expect.arrayContaining([2])),
  ],
  fail: [() => undefined, () => expect.fail('full')],
  resolves: [() => expect(Promise.resolve(1)).resolves.toBe(1), () => expect(Promise.resolve(1)).resolves.toBe(2)],
  'rejects with toThrow': [
    () => expect(Promise.reject(new Error('full'))).rejects.toThrow('full'),
    () => expect(Promise.reject(new Error('full'))).rejects.toThrow('empty'),
  ],
  'rejects of a resolved promise': [() => undefined, () => expect(Promise.resolve(1)).rejects.toThrow()],
};

function fail(): never {
  throw new RangeError('full');
}

describe.each(Object.entries(CHECKS))('%s', (_, [holds, fails]) => {
  it('passes', async () => judge(await holds()).toBeUndefined());
  it('fails with an AssertionError of Node', async () => {
    await judge((async () => fails())()).rejects.toBeInstanceOf(AssertionError);
  });
});

it('a failure shows both values, and the subject of the check', () => {
  judge(() => expect([1], 'the ids').toEqual([2])).toThrow('the ids: expected [ 1 ] to equal [ 2 ]');
  judge(() => expect(1).not.toBe(1)).toThrow('expected 1 not to be 1');
});
