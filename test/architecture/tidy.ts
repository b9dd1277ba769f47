import ts from 'typescript';
import { exportsOf } from './exports.ts';
import type { SourceFile } from './tree.ts';

/** One convention of the project, and the check that finds violations. */
export interface Convention {
  readonly rule: string;
  /** Paths of the files that the convention applies to. */
  readonly about: RegExp;
  /** @returns a complaint for each place that breaks it. @param all the paths of the project. */
  readonly broken: (file: SourceFile, all: ReadonlySet<string>) => string[];
}

const CODE = /\.(ts|js|mjs)$/;
const SOURCE = /^(src|conformance|doctor|pages)\/.*\.ts$/;
const NAMED = /^(src|conformance|doctor|pages|test|bench|scripts)\/.*\.(ts|mjs)$/;
const DOCUMENT = /\.md$/;

const LONGEST_FILE = 300;
/** Code is broken by the formatter, comments are not. */
const LONGEST_LINE = 130;

/** Words that this project gave up, each with the word that replaced it; docs/glossary.md explains the latter. */
export const GIVEN_UP: Readonly<Record<string, string>> = {
  allowance: 'rate limiter',
  bag: 'batch',
  board: 'topic registry',
  companion: 'bridge',
  crowd: 'swarm, or limit',
  cure: 'recover',
  desk: 'controller',
  doorkeeper: 'admission control',
  doubt: 'warning',
  ear: 'listener',
  errand: 'command',
  farewell: 'close frame',
  haste: 'rate limit, or timing',
  heard: 'received',
  hearing: 'subscriber search',
  illness: 'recovery',
  ledger: 'state',
  letter: 'message',
  mailroom: 'mailbox table',
  manner: 'traits',
  misfit: 'size limit',
  news: 'event',
  notebook: 'model',
  scene: 'fixture',
  silence: 'idle time',
  stumble: 'strike',
  toll: 'rate limit',
  vigil: 'liveness',
  visitor: 'connection',
  warden: 'leader',
  wish: 'request',
  // Vague or abbreviated words, with what to write instead.
  conn: 'connection',
  helper: 'the duty of the file',
  info: 'the thing itself',
  manager: 'the duty of the class',
  mock: 'the name of the test double',
  msg: 'message',
  util: 'the duty of the file',
};

export const CONVENTIONS: readonly Convention[] = [
  {
    rule: 'no marker says that something is left to do',
    about: /(\.(ts|js|mjs|json|md|ya?ml)|^\.ci\/run)$/,
    broken: eachLine(/\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b/),
  },
  {
    rule: 'no test is skipped, and none is alone',
    about: /^test\/.*\.ts$/,
    broken: eachLine(/\b(it|test|describe|suite)\.(skip|only|todo|fails|skipIf|runIf)\b|\bx(it|test|describe)\(/),
  },
  {
    rule: 'no test measures how long the processor takes',
    about: /^test\/.*\.test\.ts$/,
    broken: eachLine(/\bcpuUsage\b|\bresourceUsage\b|expect\(performance\.now\(\) - /),
  },
  {
    rule: 'no error is swallowed',
    about: CODE,
    broken: inText(/\bcatch\s*(\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/g),
  },
  {
    rule: 'no comment disables a rule of lint or of the compiler',
    about: CODE,
    broken: eachLine(/\b(oxlint|eslint)-(disable|enable)|@ts-(ignore|nocheck)\b/),
  },
  {
    rule: 'temporary folders are removed by the file that creates them',
    about: /\.(ts|js|mjs|md)$/,
    broken: ({ text }) => (/\bmkdtemp(Sync)?\(/.test(text) && !/\brm(Sync)?\(/.test(text) ? ['removes nothing'] : []),
  },
  { rule: 'no given-up word in file names', about: NAMED, broken: ({ path }) => givenUpIn(path.replace(/\.\w+$/, '')) },
  {
    rule: 'no given-up word in exported names',
    about: SOURCE,
    broken: (file) => exportsOf(file).flatMap(({ name }) => givenUpIn(name)),
  },
  { rule: 'what a port exports is documented', about: /^src\/application\/ports\//, broken: undocumentedExports },
  {
    rule: 'file names are in kebab-case and say something',
    about: /^(src|conformance|doctor|pages|test|scripts)\/.*\.ts$/,
    broken: oddName,
  },
  {
    rule: `no file is longer than ${LONGEST_FILE} lines`,
    about: SOURCE,
    broken: ({ text }) => (lineCount(text) > LONGEST_FILE ? [`${lineCount(text)} lines`] : []),
  },
  {
    rule: `no comment is wider than ${LONGEST_LINE} characters`,
    about: CODE,
    broken: eachLine(new RegExp(`^(?=\\s*(//|/?\\*)).{${LONGEST_LINE + 1}}`, 'u')),
  },
  {
    rule: 'no path of a machine',
    about: /./,
    broken: eachLine(/(?<![\w.@*-])\/(work|tmp\/\w+|home\/\w+|root)\//),
  },
  {
    rule: 'no host of a package registry',
    about: /./,
    broken: eachLine(/\bregistry\.[a-z0-9-]+\.[a-z]|^\s*"resolved":/),
  },
  { rule: 'a document has one title', about: DOCUMENT, broken: titles },
  { rule: 'links between documents lead somewhere', about: DOCUMENT, broken: deadLinks },
];

/** All complaints about one file. */
export function complaints(convention: Convention, files: readonly SourceFile[], all: ReadonlySet<string>): string[] {
  return files
    .filter(({ path }) => convention.about.test(path))
    .flatMap((file) => convention.broken(file, all).map((complaint) => `${file.path}: ${complaint}`));
}

function undocumentedExports(file: SourceFile): string[] {
  return exportsOf(file)
    .filter(({ statement }) => ts.getJSDocCommentsAndTags(statement).length === 0)
    .map(({ name }) => `${name} has no doc comment`);
}

function givenUpIn(name: string): string[] {
  const words = name.replaceAll('_', '-').split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/);
  return words.flatMap((word) => {
    const better = GIVEN_UP[singular(word.toLowerCase())];
    return better === undefined ? [] : [`${word} in ${name}: write ${better}`];
  });
}

/** Without the ending of a plural; `wishes` becomes `wish`. */
function singular(word: string): string {
  return word.replace(/(?<=sh)es$|(?<!s)s$/, '');
}

function oddName({ path }: SourceFile): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^[a-z0-9]+([.-][a-z0-9]+)*\.ts$/.test(name) && !/^(index|utils?|helpers?|common|misc)\.ts$/.test(name) ? [] : [name];
}

function eachLine(pattern: RegExp): Convention['broken'] {
  return ({ text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`line ${i + 1}: ${line.trim().slice(0, 100)}`] : []));
}

function inText(pattern: RegExp): Convention['broken'] {
  return ({ text }) =>
    Array.from(text.matchAll(pattern), ({ 0: found, index }) => `line ${lineCount(text.slice(0, index))}: ${found}`);
}

function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** A document without what stands between fences and in inline code. */
function prose(text: string): string {
  return text.replaceAll(/^(`{3,}|~{3,})[^]*?^\1/gm, '').replaceAll(/(`+)[^`]+?\1/g, '`…`');
}

function headings(text: string): string[] {
  return Array.from(text.replaceAll(/^(`{3,}|~{3,})[^]*?^\1/gm, '').matchAll(/^#{1,6} +(.*)$/gm), ([, heading]) => heading ?? '');
}

function titles({ text }: SourceFile): string[] {
  const found = Array.from(prose(text).matchAll(/^# +(.*)$/gm), ([, title]) => title);
  return found.length === 1 ? [] : [`${found.length} titles: ${found.join(', ')}`];
}

/** Checks links to files and headings of the project; links to other sites are not checked. */
function deadLinks({ path, text }: SourceFile, all: ReadonlySet<string>): string[] {
  const inline = Array.from(prose(text).matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g), ([, target]) => target ?? '');
  const referenced = Array.from(prose(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm), ([, target]) => target ?? '');
  const places = new Set(headings(text).map(anchorOf));
  return [...inline, ...referenced].filter((target) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return false;
    if (target.startsWith('#')) return !places.has(target.slice(1));
    const there = new URL(target, `file:///${path}`).pathname.slice(1).replace(/\/$/, '');
    return !all.has(there) && ![...all].some((known) => known.startsWith(`${there}/`));
  });
}

/** The name under which a heading can be linked to. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
