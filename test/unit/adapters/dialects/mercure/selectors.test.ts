import { describe, expect, it } from 'vitest';
import { coversAll, selectorOf, readSelectors } from '../../../../../src/adapters/dialects/mercure/selectors.ts';
import type { Selector } from '../../../../../src/domain/topic.ts';

const all = (...texts: string[]): Selector[] => texts.flatMap((text) => selectorOf(text, 'topic') ?? []);
const inQuery = (query: string): Selector[] | string => readSelectors(new URLSearchParams(query));

describe('MER6: selectors', () => {
  it('are an exact topic or a template', () => {
    expect(selectorOf('garden', 'topic')).toEqual({ topic: 'garden' });
    expect(['/a/1', '/a/{id}', '/b/1'].map((topic) => coversAll(all('/a/{id}'), [topic]))).toEqual([true, true, false]);
  });

  it('* selects every topic, in each parameter', () => {
    for (const type of ['topic', 'exact', 'urlpattern'] as const) {
      const selector = selectorOf('*', type);
      expect(selector && coversAll([selector], ['', 'anything', 'http://['])).toBe(true);
    }
  });

  it('match and match_exact select an exact name, also if it looks like a pattern', () => {
    expect(inQuery('match=/a/{id}&match_exact=:x')).toEqual([{ topic: '/a/{id}' }, { topic: ':x' }]);
  });

  it('a template and a URL pattern of the same text are different selectors', () => {
    const [template, pattern] = inQuery('topic={a}&match_urlpattern={a}') as Selector[];
    expect([template, pattern]).toEqual([expect.objectContaining({ key: 't{a}' }), expect.objectContaining({ key: 'u{a}' })]);
  });

  it.each([
    ['', 'The topics are missing'],
    ['match_urlpattern=/(a%2B)%2B', 'The parameter match_urlpattern is not valid: a URL pattern begins with'],
    [`topic=${'{a}'.repeat(9)}`, 'The parameter topic is not valid: a URI template has at most 8 expressions'],
    ['topic=a&match_regexp=a', 'There is no parameter "match_regexp"'],
    ['topic=a&Match=a', 'There is no parameter "Match"'],
    ['topic=a&matchmaker=a', 'There is no parameter "matchmaker"'],
  ])('%j is rejected: %s', (query, why) => expect(inQuery(query)).toContain(why));

  it('MER7: cover the topics of a publication', () => {
    const selectors = all('garden', '/a/{id}');
    expect([['garden', '/a/1'], ['garden', 'house'], []].map((topics) => coversAll(selectors, topics))).toEqual([
      true,
      false,
      true,
    ]);
    expect(coversAll([], ['garden'])).toBe(false);
  });

  it('MER7: stop matching after a bounded number of steps', () => {
    const selectors = all(...Array.from({ length: 99 }, (_, i) => `${'{+a}a'.repeat(8)}!${i}`), '*');
    expect(
      coversAll(
        selectors,
        Array.from({ length: 200 }, (_, i) => `${i}`.padEnd(1024, 'a')),
      ),
    ).toBeUndefined();
  });
});
