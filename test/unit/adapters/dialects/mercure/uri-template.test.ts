import { describe, expect, it } from 'vitest';
import { compileUriTemplate } from '../../../../../src/adapters/dialects/mercure/uri-template.ts';

const fits = (template: string, text: string): boolean | undefined => {
  const glob = compileUriTemplate(template);
  return typeof glob === 'object' ? glob.matches(text, { steps: 0 }) : undefined;
};

describe('MER6: URI templates', () => {
  it.each([
    ['https://a.test/books/{id}', 'https://a.test/books/1', true],
    ['https://a.test/books/{id}', 'https://a.test/books/', true],
    ['https://a.test/books/{id}', 'https://a.test/books/1/pages', false],
    ['https://a.test/books/{id}', 'https://b.test/books/1', false],
    ['https://a.test/books/{id}.{format}', 'https://a.test/books/1.2.json', true],
    ['/{+path}', '/a/b/c', true],
    ['{+any}', '', true],
    ['/a{/more}', '/a', true],
    ['/a{/more}', '/a/b', true],
    ['/a{/more}', '/ab', false],
    ['/a{/more*}', '/a/b/c', true],
    ['/a{?q,r}', '/a?q=1&r=2', true],
    ['/a{?q}', '/a/q=1', false],
    ['/a{?q}{&r}', '/a?q=1&r=2', true],
    ['/a{;p}', '/a;p=1', true],
    ['/a{.ext}', '/a.json', true],
    ['/a{#part}', '/a#b/c', true],
    ['{a}{b}', 'xyz', true],
    ['{id}', 'a%20b', true],
    ['{id}', 'a b', false],
    ['{id:3}', 'abc', true],
  ])('%s matches %s: %s', (template, text, expected) => expect(fits(template, text)).toBe(expected));

  it.each(['plain', '', '{', '}', '{}', 'a{b', '{a}}', '{!reserved}', '{a b}', '{a{b}}', '{a{b}c}', '{?x*,}'])(
    '%j is not a template',
    (text) => expect(compileUriTemplate(text)).toBeUndefined(),
  );

  it('are rejected with more than eight expressions', () =>
    expect([compileUriTemplate('{a}'.repeat(9)), typeof compileUriTemplate('{a}'.repeat(8))]).toEqual(['too-many', 'object']));

  it('match exploded variables, and literal characters of other scripts', () => {
    expect([fits('/a{?x*}', '/a?x=1&x=2'), fits('/名/{id}', '/名/1'), fits('/{id}', '/名')]).toEqual([true, true, false]);
  });
});
