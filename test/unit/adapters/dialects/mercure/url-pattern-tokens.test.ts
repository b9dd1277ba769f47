import { expect, it } from 'vitest';
import { tokenize, takeUntil } from '../../../../../src/adapters/dialects/mercure/url-pattern-tokens.ts';

const kinds = (pattern: string): string | undefined =>
  tokenize(pattern)
    ?.map(({ kind, text }) => `${kind} ${text}`)
    .join(',');

it('MER6: reads names, wildcards, groups, texts and optional parts', () => {
  expect(kinds('a:id*')).toBeUndefined();
  expect(kinds('/:id?{b}?*?')).toBe('text /,name id,optional ?,open {,text b,close },optional ?,wildcard *,optional ?');
  expect(kinds(':1\\:x?')).toBe('text :,text 1,text :,text x,text ?');
});

it.each(['(', ')', '\\', '{', '}', '{{', '**', ':a+', '{a}*'])('MER6: %s is outside the subset', (pattern) =>
  expect(tokenize(pattern)).toBeUndefined(),
);

it('MER6: ends a part at a delimiter outside a group', () => {
  const tokens = tokenize('a{?}b?c') ?? [];
  expect(takeUntil(tokens, 0, '?#')).toEqual({ part: tokens.slice(0, 5), end: 5 });
  expect(takeUntil(tokens, 6, '?').end).toBe(tokens.length);
});
