import { describe, expect, it } from 'vitest';
import { BrokenPromise, NoSocket, promised } from '../../../../conformance/random/broken-promise.ts';

describe('a broken promise', () => {
  it('says by its rule what was seen', () => {
    expect(new BrokenPromise('M1', 'it came twice')).toMatchObject({
      rule: 'M1',
      message: 'M1: it came twice',
      isDangerous: false,
    });
  });

  it('is thrown where a claim does not hold', () => {
    expect(() => promised(true, 'M1', 'it came')).not.toThrow();
    expect(() => promised(false, 'M1', 'it came to another', { isDangerous: true })).toThrow('M1: it came to another');
  });

  it('can be that there is no socket at all', () => {
    expect(new NoSocket('refused', { isDangerous: true })).toMatchObject({ name: 'NoSocket', rule: 'O3', isDangerous: true });
  });
});
