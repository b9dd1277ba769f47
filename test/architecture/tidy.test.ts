import { describe, expect, it } from 'vitest';
import { complaints, CONVENTIONS } from './tidy.ts';
import { filesUnder, pathsUnder } from './tree.ts';

// This file contains the planted violations, so the checks leave it out.
const FILES = filesUnder('.', /./).filter(({ path }) => path !== 'test/architecture/tidy.test.ts');
const PATHS = new Set(pathsUnder('.'));

interface Plant {
  readonly at: string;
  readonly breaks: readonly string[];
  readonly keeps: readonly string[];
}

const TS = 'src/domain/planted.ts';
const TEST = 'test/unit/planted.test.ts';
const DOC = 'docs/planted.md';

/** For each convention: texts that violate it, and similar texts that do not. */
const PLANTS: Readonly<Record<string, Plant>> = {
  'no comment disables a rule of lint or of the compiler': {
    at: TS,
    breaks: ['/* oxlint-'.concat('disable */'), '// eslint-'.concat('disable-next-line no-console'), '// @ts-'.concat('ignore')],
    keeps: ['// @ts-expect-error a port is a number'],
  },
  'no marker says that something is left to do': {
    at: TS,
    breaks: ['// TODO: later', '/* FIXME */', '// XXX', 'const a = 1; // HACK'],
    keeps: ["const TODOS = 'todo';", '// a hack it is not'],
  },
  'no test is skipped, and none is alone': {
    at: TEST,
    breaks: ["it.skip('a', f);", "describe.only('a', f);", "test.todo('a');", "it.skipIf(true)('a', f);", "xit('a', f);"],
    keeps: ["it('skips nothing', f);", 'list.skip(3);', 'exit(1);'],
  },
  'no test measures how long the processor takes': {
    at: TEST,
    breaks: ['const before = process.cpuUsage();', 'expect(performance.now() - before).toBeLessThan(5);'],
    keeps: ['const now = performance.now();', 'expect(meter.steps).toBeLessThan(5);'],
  },
  'no error is swallowed': {
    at: TS,
    breaks: ['try { a(); } catch {}', 'try { a(); } catch (error) {\n}', 'a().catch(() => {});'],
    keeps: ['try { a(); } catch { return undefined; }', 'a().catch(() => { count(); });'],
  },
  'temporary folders are removed by the file that creates them': {
    at: DOC,
    breaks: ["mkdtempSync(join(tmpdir(), 'a-'))", 'const folder = await mkdtemp(path);'],
    keeps: [
      'const folder = mkdtempSync(path);\nrmSync(folder, { recursive: true });',
      "import { mkdtemp } from 'node:fs/promises';",
    ],
  },
  'no given-up word in exported names': {
    at: TS,
    breaks: ['export class Wishes {}', 'export const sendMsg = 1;', 'export type VigilLimits = 1;', 'export { a as roomInfo };'],
    keeps: ['export class RateLimiter {}', 'export const broadcast = 1;', 'const msg = 1;', 'export class ClientAddresses {}'],
  },
  'what a port exports is documented': {
    at: 'src/application/ports/planted.ts',
    breaks: ['export interface Clock {}', '/** A. */\nexport type A = 1;\nexport type B = 2;', '// no doc\nexport const a = 1;'],
    keeps: ['/** A clock. */\nexport interface Clock {}', 'interface Private {}'],
  },
  'no file is longer than 300 lines': { at: TS, breaks: ['a\n'.repeat(301)], keeps: ['a\n'.repeat(300)] },
  'no comment is wider than 130 characters': {
    at: TS,
    breaks: [`  // ${'a '.repeat(70)}`, `/** ${'a '.repeat(70)}*/`, ` * ${'a '.repeat(70)}`],
    keeps: [`// ${'é'.repeat(127)}`, `const a = '${'a'.repeat(131)}';`],
  },
  'no path of a machine': {
    at: DOC,
    breaks: ['see /work/1', '(/work/1)', "'/tmp/jobs/'", '/home/ann/signalbox', '/root/.npmrc'],
    keeps: ['docs/work/it', 'at work/home', '/tmp/', 'https://example.org/work/'],
  },
  'no host of a package registry': {
    at: 'package-lock.json',
    breaks: ['https://registry.example.org/ws', '      "resolved": "https://a.example/ws.tgz",'],
    keeps: ['"name": "registry"', 'a registry. Another', '"integrity": "sha512"'],
  },
  'a document has one title': {
    at: DOC,
    breaks: ['', '## Only this', '# One\n# Two'],
    keeps: ['# One\n## Two', '# One\n```sh\n# a comment\n```\n'],
  },
  'links between documents lead somewhere': {
    at: DOC,
    breaks: ['[a](gone.md)', '[a](../gone/)', '[a](#gone)', '[a]: ./gone.md', '![a](gone.png "A")'],
    keeps: [
      ...['[a](../README.md)', '[a](protocols/peerjs.md#http)', '[a](protocols)', '[a](https://example.org)'],
      ...['# To go: 1\n[a](#to-go-1)', '`[a](b)`', '```\n[a](b)\n```'],
    ],
  },
};

/** Names, not texts, break these. */
const ODD_PATHS: Readonly<Record<string, { readonly breaks: readonly string[]; readonly keeps: readonly string[] }>> = {
  'no given-up word in file names': {
    breaks: ['src/domain/vigil-limits.ts', 'src/domain/user-info.ts', 'src/ears/a.ts', 'bench/measures/visitors.mjs'],
    keeps: ['src/domain/mailbox-table.ts', 'src/adapters/client-addresses/direct.ts', 'src/domain/wished.ts'],
  },
  'file names are in kebab-case and say something': {
    breaks: [
      'src/domain/index.ts',
      'src/domain/peerId.ts',
      'test/unit/Token.test.ts',
      'src/domain/utils.ts',
      'src/domain/a_b.ts',
      'conformance/farEnd.ts',
    ],
    keeps: ['src/domain/peer-id.ts', 'test/unit/realm.opening.test.ts'],
  },
};

describe('the files keep the conventions', () => {
  for (const convention of CONVENTIONS) it(convention.rule, () => expect(complaints(convention, FILES, PATHS)).toEqual([]));
});

describe('each convention finds its violations', () => {
  const all = new Set(['README.md', 'docs/protocols/peerjs.md']);
  const about = (rule: string, path: string, text = ''): string[] => {
    const convention = CONVENTIONS.find((one) => one.rule === rule) ?? expect.fail(`no convention: ${rule}`);
    return complaints(convention, [{ path, text }], all);
  };

  for (const [rule, { at, breaks, keeps }] of Object.entries(PLANTS)) {
    for (const text of breaks) {
      it(`${rule}: ${JSON.stringify(text.slice(0, 60))} breaks it`, () => expect(about(rule, at, text)).not.toEqual([]));
    }
    for (const text of keeps) {
      it(`${rule}: ${JSON.stringify(text.slice(0, 60))} keeps it`, () => expect(about(rule, at, text)).toEqual([]));
    }
  }

  for (const [rule, { breaks, keeps }] of Object.entries(ODD_PATHS)) {
    for (const path of breaks) it(`${rule}: ${path} breaks it`, () => expect(about(rule, path)).not.toEqual([]));
    for (const path of keeps) it(`${rule}: ${path} keeps it`, () => expect(about(rule, path)).toEqual([]));
  }

  it('every convention has a planted violation and applies to existing files', () => {
    const unproven = CONVENTIONS.filter(({ rule }) => !(rule in PLANTS) && !(rule in ODD_PATHS));
    const idle = CONVENTIONS.filter(({ about }) => !FILES.some(({ path }) => about.test(path)));
    expect([...unproven, ...idle].map(({ rule }) => rule)).toEqual([]);
  });
});
