import { expect, it } from 'vitest';
import { canonical, componentsOf, portFor } from '../../../../../src/adapters/dialects/mercure/url-components.ts';

it('MER6: a topic has the components of its URL, and of one common base if it is relative', () => {
  const { protocol, hostname, port, pathname, search, hash } = componentsOf('https://A.test:8080/a b?c#d') ?? {};
  expect([protocol, hostname, port, pathname, search, hash]).toEqual(['https', 'a.test', '8080', '/a%20b', 'c', 'd']);
  expect([componentsOf('/a')?.hostname, componentsOf('http://[')]).toEqual(['topics.invalid', undefined]);
});

it('MER6: the text of a pattern is converted to its canonical form in a URL, or rejected', () => {
  expect([canonical.pathname('a b/"名%41'), canonical.search("a'b c"), canonical.hash('a`b')]).toEqual([
    'a%20b/%22%E5%90%8D%41',
    new URL("https://a/?a'b c").search.slice(1),
    'a%60b',
  ]);
  expect([
    canonical.protocol('HTTPS'),
    canonical.protocol('a b'),
    canonical.hostname('É.test'),
    canonical.hostname('a b'),
  ]).toEqual(['https', undefined, 'xn--9ca.test', undefined]);
  expect([
    canonical.port('80'),
    canonical.port('8a'),
    portFor('https', '443'),
    portFor('http', '0443'),
    portFor(undefined, '80'),
  ]).toEqual(['80', undefined, '', '443', '80']);
});

it('MER6: a lone surrogate becomes the replacement character', () => expect(canonical.pathname('\uD800')).toBe('%EF%BF%BD'));
