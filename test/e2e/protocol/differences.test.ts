import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sectionOf, withSection } from '../../architecture/drawings.ts';
import { ROOT } from '../../architecture/tree.ts';
import { nameOf } from './case.ts';
import { GROUPS } from './cases.ts';
import { differencesTable } from './differences.ts';

const PAGE = join(ROOT, 'docs/differences-from-peer.md');
const CASES = GROUPS.flatMap(({ cases }) => cases);

describe('docs/differences-from-peer.md', () => {
  it('lists what the cases measure (else: npm run docs)', () => {
    const table = differencesTable(CASES);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), 'differences', table));
    expect(sectionOf(readFileSync(PAGE, 'utf8'), 'differences')).toBe(table);
  });
});

describe('the cases', () => {
  it('each has a name of its own in its group', () => {
    for (const { cases } of GROUPS) expect(new Set(cases.map(nameOf)).size).toBe(cases.length);
  });

  it('look at every rule of the protocol', () => {
    const rules = readFileSync(join(ROOT, 'docs/protocols/peerjs.md'), 'utf8').matchAll(/^\| ([HOML]\d+) \|/gm);
    const looked = new Set(CASES.map(({ rule }) => rule));
    expect(Array.from(rules, ([, rule]) => rule).filter((rule) => !looked.has(rule ?? ''))).toEqual([]);
  });
});
