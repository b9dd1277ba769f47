import { describe, expect, it } from 'vitest';
import { compileUrlPattern } from '../../../../../src/adapters/dialects/mercure/url-pattern.ts';

const fits = (pattern: string, topic: string): boolean | undefined => compileUrlPattern(pattern)?.matches(topic, { steps: 0 });

describe('MER6: URL patterns', () => {
  it.each([
    ['https://a.test/books/:id', 'https://a.test/books/1', true],
    ['https://a.test/books/:id', 'https://b.test/books/1', false],
    ['https://a.test/books/:id', 'https://a.test/books/', false],
    ['https://a.test/books/:id', 'https://a.test/books/1/2', false],
    ['https://a.test/books/:id', 'https://a.test/books/1?page=2#end', true],
    ['https://a.test', 'https://a.test/any/path?and=query', true],
    ['https://a.test/users/42/*', 'https://a.test/users/42/books/1', true],
    ['/books/*', '/books/1/2', true],
    ['/books/*', 'https://a.test/books/1', false],
    ['books/:id', '/books/1', true],
    ['/.well-known/mercure/subscriptions/exact/:topic/:subscriber', '/.well-known/mercure/subscriptions/exact/a/b', true],
    ['https://a.test:8080/x', 'https://a.test:8080/x', true],
    ['https://a.test:443/x', 'https://a.test/x', true],
    ['https://a.test:*/x', 'https://a.test:8080/x', true],
    ['https://*.a.test/x', 'https://b.c.a.test/x', true],
    ['https://:sub.a.test/x', 'https://b.c.a.test/x', false],
    ['*://a.test/x', 'wss://a.test/x', true],
    ['http{s}?://a.test/x', 'http://a.test/x', true],
    ['http{s}?://a.test/x', 'ftp://a.test/x', false],
    ['/a{/b}?', '/a', true],
    ['/a{/b}?', '/a/b', true],
    ['/a/:id?', '/a', true],
    ['/a/:id?', '/a/1', true],
    ['/a?b=:c', '/a?b=1', true],
    ['/a?b', '/a?c', false],
    ['#h', '/#h', true],
    ['/:year-:month', '/2026-11', true],
    ['/a\\*b', '/a*b', true],
    ['/a\\*b', '/axb', false],
    ['urn:*', 'urn:uuid:1', true],
    ['urn\\:uuid\\:*', 'urn:uuid:1', true],
    ['/名/:id', '/%E5%90%8D/1', true],
    ['/名/:id', '/名/1', true],
    ['/a b', '/a%20b', true],
    ['https://É.test/x', 'https://é.test/x', true],
    ['https://A.test/X', 'https://a.test/X', true],
    ['/a', 'http://[', false],
  ])('%s and %s: %s', (pattern, topic, expected) => expect(fits(pattern, topic)).toBe(expected));

  it.each([
    '/{*}+!',
    '/{:a}+!',
    '?*+!',
    '#:a+!',
    'https://example.com/{*}+!',
    '/:a*',
    '/**',
    '/(a+)+',
    '/a)',
    '/{a{b}}',
    '/{a',
    '/a}',
    '/a\\',
    '/:a/:a',
    '/{:a:b}',
    'http://[::1]/x',
    'https://u@a.test/',
    'https://',
    'https:1',
    '/a:1',
    'https://a b.test/',
    'https://a.test:80a/',
    '*'.repeat(500),
    `/${Array.from({ length: 40 }, (_, i) => `:a${i}-`).join('')}`,
  ])('promise 6: %s is rejected', (pattern) => expect(compileUrlPattern(pattern)).toBeUndefined());

  it('T5: take at most weight steps for each character of the URL', () => {
    const meter = { steps: 0 };
    const glob = compileUrlPattern('/*a*a*a*a*!');
    glob?.matches(`/${'a'.repeat(5000)}`, meter);
    expect(meter.steps).toBeLessThanOrEqual((glob?.weight ?? 0) * 5003);
  });
});
