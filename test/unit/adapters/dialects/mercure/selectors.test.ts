import { describe, expect, it } from 'vitest';
import { coverage, selectorOf, urlPatternSelector } from '../../../../../src/adapters/dialects/mercure/selectors.ts';

const fits = (text: string, topic: string): boolean | undefined => {
  const selector = urlPatternSelector(text);
  return selector !== undefined && 'fits' in selector ? selector.fits(topic) : undefined;
};

describe('MER6: selectors', () => {
  it('are the very topic, or all, or a template', () => {
    expect(selectorOf('garden')).toEqual({ topic: 'garden' });
    const [all, template] = [selectorOf('*'), selectorOf('/a/{id}')];
    if ('topic' in all || 'topic' in template) return expect.fail('they are patterns');
    expect([all.fits(''), template.fits('/a/1'), template.fits('/a/{id}'), template.fits('/b/1')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('are URL patterns, for topics with a host and without', () => {
    expect(fits('https://a.test/books/:id', 'https://a.test/books/1')).toBe(true);
    expect(fits('https://a.test/books/:id', 'https://b.test/books/1')).toBe(false);
    expect(fits('/books/*', '/books/1/2')).toBe(true);
    expect(fits('/books/*', 'https://a.test/books/1')).toBe(false);
    expect(fits('https://a.test:8080/x', 'https://a.test:8080/x')).toBe(true);
    expect(fits('/a', 'http://[')).toBe(false);
  });

  it('promise 6: URL patterns that could take for ever are none', () => {
    const slow = ['/(a+)+', '/*a*b*c', '/:a/:b/:c', '/{a}?{b}?{c}?', '*'.repeat(500), 'http://['];
    expect(slow.map(urlPatternSelector)).toEqual(slow.map(() => undefined));
  });

  it('MER7: cover topics', () => {
    const covers = coverage(['garden', '/a/{id}']);
    expect([covers('garden'), covers('/a/1'), covers('house'), coverage([])('garden')]).toEqual([true, true, false, false]);
    expect(coverage(['*'])('anything')).toBe(true);
  });
});
