import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../conformance/all-cases.ts';
import { rulesIn, titlesIn, unknownIds, untestedRules } from './citations.ts';
import { filesUnder } from './tree.ts';

const RULES = filesUnder('docs/protocols', /\.md$/).flatMap(({ text }) => rulesIn(text));
// The tests of this folder cite invalid rules on purpose.
const TITLES = [
  ...filesUnder('test', /^test\/(?!architecture\/).*\.ts$/).flatMap(titlesIn),
  ...ALL_CASES.map(({ rule, title }) => `${rule}: ${title}`),
];

describe('the rules of the protocols', () => {
  it('each is cited in the title of a test or of a conformance case', () => expect(untestedRules(RULES, TITLES)).toEqual([]));

  it('no test cites an unknown rule', () => expect(unknownIds(RULES, TITLES)).toEqual([]));

  it('no source and no document cites an unknown rule', () => {
    const files = ['src', 'conformance', 'doctor'].flatMap((folder) => filesUnder(folder, /\.ts$/));
    const lines = [...files, ...filesUnder('.', /\.md$/)].flatMap(({ text }) => text.split('\n'));
    expect(unknownIds(RULES, lines)).toEqual([]);
  });

  it('each has a unique id', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

describe('reading rules', () => {
  const served = (id: string) => ({ id, isServed: true });

  it('a rule is a table row that begins with an id', () => {
    const table = '| rule | what |\n| --- | --- |\n| H1 | a |\n| SIO12 | H2 |\n\nH3 | b |\n| 404 | c |';
    expect(rulesIn(table)).toEqual([served('H1'), served('SIO12')]);
  });

  it('the marker applies to the next table only', () => {
    const marked = '| H1 | a |\n\n<!-- not served yet -->\n\n| X1 | b |\n| X2 | c |\n\ntext\n\n| M1 | d |';
    expect(rulesIn(marked)).toEqual([served('H1'), { id: 'X1', isServed: false }, { id: 'X2', isServed: false }, served('M1')]);
  });
});

describe('reading titles', () => {
  const titles = (text: string): string[] => titlesIn({ path: 'test/unit/planted.test.ts', text });

  it('finds titles in every form of a test', () => {
    expect(titles("it('H1: a', () => {});")).toEqual(["'H1: a'"]);
    expect(titles('describe(`H1 ${name}`, function () {});')).toEqual(['`H1 ${name}`']);
    expect(titles("it.each([1])('H1: %s', { timeout: 5 }, async () => {});")).toEqual(["'H1: %s'"]);
    expect(titles("promise('H1: a', () => {});")).toEqual(["'H1: a'"]);
    expect(titles("const clause = { name: 'H1: a', run: async () => {} };")).toEqual(["'H1: a'"]);
    expect(titles("const clause = { needs: [], title: 'H1: a', run() {} };")).toEqual(["'H1: a'"]);
  });

  it('ignores other texts', () =>
    expect(titles("// it('H1', f)\nfail('H2: a'); const rule = 'H3'; const row = { name: 'H4', at: 1 };")).toEqual([]));
});

describe('comparing', () => {
  const rules = [
    { id: 'H1', isServed: true },
    { id: 'M12', isServed: true },
    { id: 'X1', isServed: false },
  ];

  it('reports a rule that no title cites, unless it is not served', () => {
    expect(untestedRules(rules, ["'H1: a'"])).toEqual(['M12']);
    expect(untestedRules(rules, ["'H1, M12: a'"])).toEqual([]);
    expect(untestedRules(rules, ["'H1 M1 M120 xM12: a'"])).toEqual(['M12']);
  });

  it('reports an id without a rule', () => {
    expect(unknownIds(rules, ["'H2: a'"])).toEqual(["H2 in 'H2: a'"]);
    expect(unknownIds(rules, ["'b, as in M1'"])).toEqual(["M1 in 'b, as in M1'"]);
    expect(unknownIds(rules, ["'Q7: a'"])).toEqual(["Q7 in 'Q7: a'"]);
    expect(unknownIds(rules, ["'H1 Z3 M12: a'"])).toEqual(["Z3 in 'H1 Z3 M12: a'"]);
  });

  it('ignores words with a number', () => {
    expect(unknownIds(rules, ["'X1, UTF8 and HTTP2 over IPV4'", "'sha-M4-x'"])).toEqual([]);
  });
});
