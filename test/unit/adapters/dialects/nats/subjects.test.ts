import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasWildcard,
  isSubject,
  isSubscribable,
  selectorOf,
  SubjectPattern,
} from '../../../../../src/adapters/dialects/nats/subjects.ts';
import { maxUrlLength } from '../../../../../src/domain/topic.ts';

const steps = (): { steps: number } => ({ steps: 0 });
const matches = (subject: string, name: string, prefix = ''): boolean =>
  new SubjectPattern(subject, prefix).matches(name, steps());

describe('subjects of NATS', () => {
  it('NA10: are tokens without blanks, and none is empty', () => {
    const good = ['a', 'a.b', 'ü/ä', '*', 'a.>', '\0', '\u2028', 'a'.repeat(4_000)];
    const bad = ['', '.', 'a.', '.a', 'a..b', 'a b', 'a\tb', 'a\nb', 'a\rb', 'a'.repeat(4_001), 'ü'.repeat(2_001)];
    expect([...good, ...bad].filter(isSubject)).toEqual(good);
  });

  it('NA10: a wildcard is a whole token', () => {
    expect(['*', '>', 'a.*', 'a.*.b', '*.a', 'a.>'].every(hasWildcard)).toBe(true);
    expect(['a*', 'a.b*', '>a', 'a.>b', '**', ''].some(hasWildcard)).toBe(false);
  });

  it('NA10: the wildcard for the rest stands at the end', () => {
    expect(['>', 'a.>', 'a.>b.c', '*.>'].every(isSubscribable)).toBe(true);
    expect(['>.a', 'a.>.b', '>.>', 'a..>'].some(isSubscribable)).toBe(false);
  });

  it.each([
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.*.c', 'a.b.c', true],
    ['*.*', 'a.b', true],
    ['a.>', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['a.>', 'ab', false],
    ['>', 'a', true],
    ['*', 'a b', false],
    ['>', 'a..b', false],
    ['>', '', false],
    ['*', '', false],
    ['a.b*.>', 'a.b*.c', true],
    ['a.b*.>', 'a.bc.c', false],
  ])('NA10: %s and %s: %s', (subject, name, isMatch) => {
    expect(matches(subject, name)).toBe(isMatch);
  });

  it('NA10: agree with a search by tokens, within the promised steps', () => {
    const token = fc.constantFrom('a', 'b', 'ab', '*', 'a*', '');
    const subject = fc.tuple(fc.array(token, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([tokens, hasRest]) => {
      const all = tokens.map((one) => one || 'c');
      return [...all, ...(hasRest ? ['>'] : [])].join('.');
    });
    const name = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'));
    const property = fc.property(subject, name, (pattern, topic) => {
      const expression = pattern.split('.').map((one) => (one === '*' ? '[^.]+' : one === '>' ? '.+' : one.replace('*', '\\*')));
      const expected = isSubject(topic) && new RegExp(`^${expression.join('\\.')}$`).test(topic);
      const meter = steps();
      const made = new SubjectPattern(pattern, '');
      expect(made.matches(topic, meter)).toBe(expected);
      expect(meter.steps).toBeLessThanOrEqual(made.matchCost * maxUrlLength(topic));
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('NA16: the topic of a subject has no prefix, and a pattern matches the whole subject', () => {
    expect(selectorOf('peerix.a', 'peerix.')).toEqual({ topic: 'a' });
    expect(selectorOf('a', '')).toEqual({ topic: 'a' });
    expect(selectorOf('xa*', 'xa')).toEqual({ topic: '*' });
    expect([matches('peerix.*', 'a', 'peerix.'), matches('peerix.*', 'a.b', 'peerix.'), matches('x*.>', 'a', 'x')]).toEqual([
      ...[true, false, false],
    ]);
    expect(new SubjectPattern('ab.*', 'a').key).not.toBe(new SubjectPattern('ab.*', 'ab').key);
  });
});
