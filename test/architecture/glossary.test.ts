import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GIVEN_UP } from './tidy.ts';
import { filesUnder, ROOT } from './tree.ts';

/* Compares docs/glossary.md with the code. */

const PAGE = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8');
const COLUMNS = ['term', 'meaning', 'in the code', 'PeerJS', 'Centrifugo', 'Socket.IO', 'Mercure'];
const SOURCES = filesUnder('.', /^(src|conformance|doctor)\/.*\.ts$/);

/** The cells of each row below a table header with these columns, over all tables of the page. */
function rowsUnder(page: string, header: readonly string[]): string[][] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of page.split('\n')) {
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : undefined;
    if (cells === undefined) isInside = false;
    else if (cells.map((cell) => cell.trim()).join() === header.join()) isInside = true;
    else if (isInside && !/^\|\s*-/.test(line)) rows.push(cells.map((cell) => cell.trim()));
  }
  return rows;
}

const TERMS = rowsUnder(PAGE, COLUMNS);

describe('docs/glossary.md', () => {
  it('has complete rows', () => {
    expect(TERMS.length).toBeGreaterThan(50);
    expect(TERMS.filter((cells) => cells.length !== COLUMNS.length || cells.includes(''))).toEqual([]);
  });

  it('defines each term once', () => {
    const terms = TERMS.map(([term]) => term);
    expect(terms.filter((term, i) => terms.indexOf(term) !== i)).toEqual([]);
  });

  it('defines only terms that occur in code or other pages', () => {
    const texts = [...SOURCES, ...filesUnder('.', /^(docs\/.*|[A-Z]+)\.md$/)].filter(({ path }) => path !== 'docs/glossary.md');
    const all = texts.map(({ text }) => text.toLowerCase().replaceAll(/[\s*/]+/g, ' ')).join(' ');
    expect(TERMS.map(([term = '']) => term).filter((term) => !all.includes(term))).toEqual([]);
  });

  it('refers to code that exists', () => {
    const code = SOURCES.map(({ path, text }) => `${path}\n${text}`).join('\n');
    const spans = TERMS.flatMap(([, , where = '']) => Array.from(where.matchAll(/`([^`]+)`/g), ([, span = '']) => span));
    expect(spans.length).toBe(TERMS.length);
    expect(spans.filter((span) => !code.includes(span))).toEqual([]);
  });

  it('lists the given-up words, each with the term to use', () => {
    expect(Object.fromEntries(rowsUnder(PAGE, ['not', 'but']))).toEqual(GIVEN_UP);
  });
});

describe('reading the tables', () => {
  it('returns the rows of matching headers only', () => {
    const page = '| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| a | c |\n| --- | --- |\n| 3 | 4 |\n\n| a | b |\n|---|---|\n| 5 | |';
    expect(rowsUnder(page, ['a', 'b'])).toEqual([
      ['1', '2'],
      ['5', ''],
    ]);
  });
});
