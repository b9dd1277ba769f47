import { describe, expect, it } from 'vitest';
import { originsFromList, originsFromOption } from '../../../src/composition/origins.ts';
import { allowedOrigin } from '../../../src/domain/origins.ts';

const PAGE = 'https://page.test';

describe('origins', () => {
  it('H6: without a list every origin is echoed', () => {
    expect(originsFromList([])).toEqual({ allow: 'echoed' });
  });

  it('H6: a list allows its origins', () => {
    expect(allowedOrigin(originsFromList([PAGE]), PAGE)).toBe(PAGE);
    expect(allowedOrigin(originsFromList([PAGE]), 'https://other.test')).toBeUndefined();
  });

  it('H6: * on the list allows every origin', () => {
    expect(originsFromList(['*'])).toEqual({ allow: 'any' });
  });

  it.each([
    [true, { allow: 'echoed' }],
    [false, { allow: 'silent' }],
    ['*', { allow: 'any' }],
  ] as const)('H6: corsOptions.origin %s', (option, policy) => {
    expect(originsFromOption(option)).toEqual(policy);
  });

  it('H6: corsOptions.origin may be one origin or one pattern', () => {
    expect(allowedOrigin(originsFromOption(PAGE), PAGE)).toBe(PAGE);
    expect(allowedOrigin(originsFromOption(/page/), PAGE)).toBe(PAGE);
  });

  it('H6: a pattern with the flag g matches every time', () => {
    const policy = originsFromOption(/page/g);
    expect([allowedOrigin(policy, PAGE), allowedOrigin(policy, PAGE)]).toEqual([PAGE, PAGE]);
  });
});
