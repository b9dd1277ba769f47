import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { filesUnder, pathsUnder } from './tree.ts';

const OF_SOAK = 'test/**/*.soak.test.ts';
const TESTS = pathsUnder('test').filter((path) => path.endsWith('.soak.test.ts'));
const [CONTRIBUTING = ''] = filesUnder('.', /^CONTRIBUTING\.md$/).map(({ text }) => text);
/** The rows of the table: a test of the soak, its purpose, and the test of `npm test` that stays. */
const ROWS = Array.from(CONTRIBUTING.matchAll(/^\| `(test\/\S+\.soak\.test\.ts)` \|(.+)\|(.+)\|$/gm));

interface Project {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
}

const PROJECTS = (config.test?.projects ?? []).map((project) => (project as { test: Project }).test);

describe('the tests of the soak', () => {
  it('run in one project of vitest, which npm run test:soak runs', () => {
    const [soak, ...more] = PROJECTS.filter(({ include }) => include.includes(OF_SOAK));
    expect([soak?.name, soak?.exclude, more]).toEqual(['soak', undefined, []]);
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['test:soak']).toBe('node test/soak/tests.mjs && node test/soak/run.mjs');
    expect(readFileSync('test/soak/tests.mjs', 'utf8')).toContain("['--project', 'soak',");
  });

  it('are left out of all other projects, which obey --exclude', () => {
    const others = PROJECTS.filter(({ name }) => name !== 'soak');
    expect(others.map(({ include }) => include)).toEqual(others.map(({ name }) => [`test/${name}/**/!(*.soak).test.ts`]));
    expect(others.filter(({ exclude }) => exclude !== undefined)).toEqual([]);
  });

  it('are all listed in CONTRIBUTING.md, with the tests of npm test that stay', () => {
    expect(ROWS.map(([, path]) => path).sort()).toEqual(TESTS);
    const all = new Set(pathsUnder('test'));
    const kept = ROWS.map(([, path, , tests = '']) => [
      path,
      Array.from(tests.matchAll(/`(test\/\S+)`/g), ([, test = '']) => test),
    ]);
    expect(kept.filter(([, tests]) => tests?.length === 0)).toEqual([]);
    expect(kept.flatMap(([, tests = []]) => tests).filter((path) => !all.has(path))).toEqual([]);
  });
});
