import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { rulesIn } from '../../architecture/citations.ts';
import { ROOT } from '../../architecture/tree.ts';

const RULES = rulesIn(readFileSync(join(ROOT, 'docs/protocols/peerjs.md'), 'utf8'));

/** What only clients of the first generation ask for. */
const LEGACY = /^X/;
/** What the suite can't bring about from outside: a renewed certificate, a page that sleeps, a server that stands still. */
const NOT_ASKED: ReadonlySet<string> = new Set(['H12', 'L5', 'L6']);

describe('the cases of the suite', () => {
  it('each has an id of its own: the rule, a dot, and words in kebab-case', () => {
    const ids = ALL_CASES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Z]\d+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('look at every rule of clients of today, and at none that is not there', () => {
    const looked = new Set(ALL_CASES.map(({ rule }) => rule));
    expect(RULES.filter(({ id }) => !LEGACY.test(id) && !NOT_ASKED.has(id) && !looked.has(id))).toEqual([]);
    expect([...looked].filter((rule) => !RULES.some(({ id }) => id === rule))).toEqual([]);
  });

  it('stand in the order of the rules', () => {
    const ranks = ALL_CASES.map(({ rule }) => RULES.findIndex(({ id }) => id === rule));
    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  });

  it('are at least 120', () => expect(ALL_CASES.length).toBeGreaterThanOrEqual(120));
});
