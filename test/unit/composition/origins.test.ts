import { describe, expect, it } from 'vitest';
import { originsFromList, originsFromOption } from '../../../src/composition/origins.ts';
import { readableBy } from '../../../src/domain/origins.ts';

const PAGE = 'https://page.test';

describe('origins', () => {
  it('H6: without a list every origin is echoed', () => {
    expect(originsFromList([])).toEqual({ allow: 'echoed' });
  });

  it('H6: a list allows what is on it', () => {
    expect(readableBy(originsFromList([PAGE]), PAGE)).toBe(PAGE);
    expect(readableBy(originsFromList([PAGE]), 'https://other.test')).toBeUndefined();
  });

  it('H6: a star on the list allows any', () => {
    expect(originsFromList(['*'])).toEqual({ allow: 'any' });
  });

  it.each([
    [true, { allow: 'echoed' }],
    [false, { allow: 'silent' }],
    ['*', { allow: 'any' }],
  ] as const)('H6: corsOptions.origin %s', (option, policy) => {
    expect(originsFromOption(option)).toEqual(policy);
  });

  it('H6: corsOptions.origin is one origin, or one pattern', () => {
    expect(readableBy(originsFromOption(PAGE), PAGE)).toBe(PAGE);
    expect(readableBy(originsFromOption(/page/), PAGE)).toBe(PAGE);
  });

  it('H6: a pattern with a memory matches every time', () => {
    const policy = originsFromOption(/page/g);
    expect([readableBy(policy, PAGE), readableBy(policy, PAGE)]).toEqual([PAGE, PAGE]);
  });
});
