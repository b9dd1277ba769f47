import { describe, expect, it } from 'vitest';
import { mayOpen, readableBy, type OriginPolicy } from '../../../src/domain/origins.ts';

const asking = (origin: string | undefined, host: string | undefined) => ({
  header: (name: 'origin' | 'host') => (name === 'origin' ? origin : host),
});
const LISTED: OriginPolicy = { allow: 'listed', isListed: (origin) => origin === 'https://a.test' };

describe('web origins', () => {
  it('H5, H6: each policy tells a page what it may read', () => {
    const told = (['echoed', 'any', 'silent'] as const).map((allow) => readableBy({ allow }, 'https://x.test'));
    expect(told).toEqual(['https://x.test', '*', undefined]);
    expect(['https://a.test', 'https://x.test'].map((origin) => readableBy(LISTED, origin))).toEqual([
      'https://a.test',
      undefined,
    ]);
  });

  it('H6: what sends no origin is told none', () => {
    expect([readableBy({ allow: 'echoed' }, undefined), readableBy(LISTED, undefined)]).toEqual([undefined, undefined]);
  });

  it('O10: where origins are listed, a page of another may not open a socket', () => {
    expect(
      ['https://a.test', 'https://evil.test', undefined].map((origin) => mayOpen(LISTED, asking(origin, 'broker.test'))),
    ).toEqual([true, false, true]);
  });

  it('O10: a page of the broker’s own host may, one whose host ends alike may not', () => {
    expect(mayOpen(LISTED, asking('https://broker.test', 'broker.test'))).toBe(true);
    expect(mayOpen(LISTED, asking('https://evil-broker.test', 'broker.test'))).toBe(false);
    expect(mayOpen(LISTED, asking('https://broker.test', undefined))).toBe(false);
  });

  it('O10: without a list everybody may', () => {
    expect((['echoed', 'any', 'silent'] as const).map((allow) => mayOpen({ allow }, asking('https://x.test', 'b')))).toEqual([
      true,
      true,
      true,
    ]);
  });
});
