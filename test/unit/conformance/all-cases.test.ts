import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { rulesIn } from '../../architecture/citations.ts';
import { ROOT } from '../../architecture/tree.ts';

const RULES = rulesIn(readFileSync(join(ROOT, 'docs/protocols/peerjs.md'), 'utf8'));

/** What only clients of the first generation ask for. */
const LEGACY = /^X/;

/** What can't be asked from outside, and why. */
const NOT_ASKED: Readonly<Record<string, string>> = {
  H12: 'the files of a certificate are those of the server',
  M20: 'the tokens that it costs are those of M19, and the pongs are kept by the server',
  L6: "the server's process would have to be stopped",
};

describe('the cases of the suite', () => {
  it('each has an id of its own: the rule, a dot, and words in kebab-case', () => {
    const ids = ALL_CASES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Z]\d+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('look at every rule of clients of today, and at none that is not there', () => {
    const looked = new Set(ALL_CASES.map(({ rule }) => rule));
    expect(RULES.filter(({ id }) => !LEGACY.test(id) && !Object.hasOwn(NOT_ASKED, id) && !looked.has(id))).toEqual([]);
    expect([...looked].filter((rule) => !RULES.some(({ id }) => id === rule))).toEqual([]);
  });

  it('stand in the order of the rules', () => {
    const ranks = ALL_CASES.map(({ rule }) => RULES.findIndex(({ id }) => id === rule));
    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  });

  it('are at least 120', () => expect(ALL_CASES.length).toBeGreaterThanOrEqual(120));
});
