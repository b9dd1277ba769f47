import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  filterMatches,
  isFilter,
  isName,
  isReserved,
  isShared,
  partsOfShared,
  selectorOf,
} from '../../../../../src/adapters/dialects/mqtt/filters.ts';

const matches = (filter: string, topic: string): boolean => filterMatches(filter, topic, { steps: 0 });

/** The rules of the specification, level by level. */
function slowlyMatches(filter: string, topic: string): boolean {
  const [levels, names] = [filter.split('/'), topic.split('/')];
  if (topic.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return false;
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true;
    if (at >= names.length || (level !== '+' && level !== names[at])) return false;
    if (at === names.length - 1 && levels.length === names.length + 1 && levels[at + 1] === '#') return true;
  }
  return levels.length === names.length;
}

describe('MQ13: filters', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['+/b', 'a/b', true],
    ['+/+', '/a', true],
    ['+', '/a', false],
    ['/+', '/a', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['a/+/#', 'a', false],
    ['#', 'a/b', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
    ['a+b', 'a+b', true],
  ])('%s and %s: %s', (filter, topic, expected) => expect(matches(filter, topic)).toBe(expected));

  it('match as the specification says, in at most one step for each character', () => {
    const level = fc.constantFrom('a', 'b', '', '$', '+');
    const filters = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 5 }), fc.boolean())
      .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));
    const topics = fc.array(fc.constantFrom('a', 'b', '', '$'), { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
    const property = fc.property(filters, topics, (filter, topic) => {
      const meter = { steps: 0 };
      expect(filterMatches(filter, topic, meter)).toBe(slowlyMatches(filter, topic));
      expect(meter.steps).toBeLessThanOrEqual(3 * topic.length + 2);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('are valid if each wildcard is a whole level, and # the last one', () => {
    expect(
      ['a', '/', '+', '#', 'a/+/b', 'a/#', '+/+/#', '$share/g/a', '$share/g/#', '$share/g/+/a/#'].filter(
        (text) => !isFilter(text),
      ),
    ).toEqual([]);
    expect(
      ['', 'a+', '+a', 'a/+b', 'a#', '#a', '#/a', 'a/#/b', '##', '++', '#/#', '$share/g/a+', '$share/g/#/a'].filter(isFilter),
    ).toEqual([]);
  });

  it('without wildcards are topics, and their patterns are told from those of other wires', () => {
    expect(selectorOf('a/b')).toEqual({ topic: 'a/b' });
    expect(selectorOf('a/+')).toMatchObject({ key: 'ma/+', pattern: 'a/+', matchCost: 1 });
    expect(selectorOf('a/+', 'g')).toMatchObject({ key: 'ma/+', group: 'g' });
  });

  it('MQ25: are shared behind $share and a share name', () => {
    expect(['$share/g/a', '$share', '$shared/a', 'a/$share/b'].map(isShared)).toEqual([true, true, false, false]);
    expect(partsOfShared('$share/g/a/+')).toEqual({ share: 'g', filter: 'a/+' });
    expect(partsOfShared('$share/$x//')).toEqual({ share: '$x', filter: '/' });
    const unusable = ['$share', '$share/', '$share/g', '$share/g/', '$share//a', '$share/+/a', '$share/g#/a', '$share/g+/#'];
    expect(unusable.map(partsOfShared)).toEqual(unusable.map(() => undefined));
    // SUBACK refuses them.
    expect(unusable.every(isFilter)).toBe(true);
  });
});

describe('MQ13: names', () => {
  it('have no wildcard and no U+0000, and at most 65,535 bytes', () => {
    expect(['a', '/', 'ä', '$x', 'a'.repeat(65_535)].filter((text) => !isName(text))).toEqual([]);
    expect(['', 'a+', '#', 'a\u0000', 'a'.repeat(65_536), 'ä'.repeat(32_768)].filter(isName)).toEqual([]);
    expect(['$', '$SYS/a', 'a$'].map(isReserved)).toEqual([true, true, false]);
  });
});
