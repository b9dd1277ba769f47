import { describe, expect, it } from 'vitest';
import { cruiseImports } from './cruise.ts';
import { deadPatterns, IMPORT_RULES } from './import-rules.ts';
import { ROOT } from './tree.ts';

const { modules, violations } = await cruiseImports(ROOT);

describe('imports', () => {
  for (const { name, comment } of IMPORT_RULES) {
    it(`${name}: ${comment}`, () => {
      const broken = violations.filter(({ rule }) => rule === name);
      expect(broken.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
    });
  }

  it('every pattern of a rule matches a file', () => {
    const paths = modules.map(({ source }) => source);
    expect(deadPatterns(IMPORT_RULES, paths)).toEqual([]);
  });

  it('reports a pattern that matches no file', () => {
    const about = (path: string) => [{ name: 'no-more', comment: '', from: { path }, to: {} }];
    expect(deadPatterns(about('^src/attic/'), ['src/domain/time.ts'])).toEqual(['no-more: ^src/attic/']);
    expect(deadPatterns(about('^src/domain/'), ['src/domain/time.ts'])).toEqual([]);
  });
});
