import ts from 'typescript';
import type { SourceFile } from './tree.ts';

/** One block of prose: a paragraph, a list item, a table cell, a comment, a test title or a message. */
export interface Block {
  readonly kind: 'document' | 'comment' | 'title' | 'message';
  readonly line: number;
  readonly text: string;
}

const CODE = /\.(ts|js|mjs)$/;
const DOCUMENT = /\.md$/;
/** Configuration files whose comments begin with a hash sign. */
const HASH_COMMENTS = /\.(ya?ml|conf|cfg|service|socket|env|sh|py)$|(^|\/)(Dockerfile|Caddyfile|\.ci\/run)$/;
/** Folders whose string literals are read by operators and authors: logs, errors, help, reports. */
const MESSAGES = /^(src|conformance|doctor|scripts|bench)\//;
const TEST = /\.test\.ts$|^test\/(contracts|property|support|conformance)\//;

/** The longest average of words for each sentence, for files with at least `FEWEST_SENTENCES`. */
const AVERAGE_WORDS = 18;
const FEWEST_SENTENCES = 8;
/** Fragments such as table cells and labels are not sentences. */
const SHORTEST_SENTENCE = 4;

const BANNED_START = /^(who|what|whoever|whatever|so many|so long)\b/i;
const BANNED_WORD = /\b(somebody|nobody|whoever|whatever)\b/i;

const BLOCKS = new WeakMap<SourceFile, readonly Block[]>();

/** All prose of one file, with inline code replaced by the word `code`. */
export function proseOf(file: SourceFile): readonly Block[] {
  const blocks = BLOCKS.get(file) ?? readProse(file);
  BLOCKS.set(file, blocks);
  return blocks;
}

function readProse(file: SourceFile): Block[] {
  if (DOCUMENT.test(file.path)) return blocksOfDocument(file.text);
  if (CODE.test(file.path)) return blocksOfCode(file);
  return HASH_COMMENTS.test(file.path) ? hashComments(file.text) : [];
}

/** Sentences that begin with a pronoun instead of a noun, and sentences with an indefinite pronoun. */
export function pronouns(file: SourceFile, allowed: readonly string[] = []): string[] {
  return proseOf(file).flatMap((block) =>
    sentencesOf(block.text)
      .filter((sentence) => BANNED_START.test(bare(sentence)) || BANNED_WORD.test(sentence))
      .filter((sentence) => !allowed.some((text) => sentence.includes(text)))
      .map((sentence) => `${block.kind}, line ${block.line}: ${sentence.slice(0, 100)}`),
  );
}

/** The average number of words in a sentence; undefined for a file with too few sentences. */
export function averageWords(file: SourceFile): number | undefined {
  const lengths = proseOf(file)
    .filter(({ kind }) => kind === 'document' || kind === 'comment')
    .flatMap(({ text }) => sentencesOf(text))
    .map((sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length)
    .filter((length) => length >= SHORTEST_SENTENCE);
  return lengths.length < FEWEST_SENTENCES ? undefined : lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
}

/** A complaint where the average sentence of a file is too long. */
export function longSentences(file: SourceFile): string[] {
  const average = averageWords(file);
  return average === undefined || average <= AVERAGE_WORDS ? [] : [`${average.toFixed(1)} words in a sentence on average`];
}

/** Identifiers and paths in inline code of a document that no file of the project contains. */
export function unknownNames(file: SourceFile, words: ReadonlySet<string>, paths: readonly string[]): string[] {
  if (!DOCUMENT.test(file.path)) return [];
  const spans = Array.from(withoutFences(file.text).matchAll(/`([^`\n]+)`/g), ([, span]) => span ?? '');
  return [...new Set(spans)].filter((span) => {
    if (
      /^[\w@.-]+(\/[\w@.{},*‹›-]+)+\/?$/.test(span) &&
      /^(src|test|docs|conformance|bench|scripts|deploy|examples)\//.test(span)
    ) {
      return !/[*{‹]/.test(span) && !paths.some((path) => path === span || path.startsWith(`${span.replace(/\/$/, '')}/`));
    }
    const name = /^#?([A-Za-z_$][\w$]*(?:[A-Z_]\w*))(?:\(\))?$/.exec(span)?.[1];
    return name !== undefined && !words.has(name) && !words.has(name.replace(/^SIGNALBOX_|_FILE$/g, '').toLowerCase());
  });
}

/** All words of the files that are not documents. */
export function wordsOf(files: readonly SourceFile[]): Set<string> {
  return new Set(files.filter(({ path }) => !DOCUMENT.test(path)).flatMap(({ text }) => text.match(/[A-Za-z_$][\w$]*/g) ?? []));
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])["')]*\s+(?=["'(*[]*[A-Z])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** A sentence without the marks that may stand before its first word. */
function bare(sentence: string): string {
  return sentence.replace(/^(?:[\s"'(*[_…>-]|[A-Z]{1,3}\d+(?:[:,.]|\s+and\b))*/, '');
}

function withoutFences(text: string): string {
  return text.replaceAll(/^( *)(`{3,}|~{3,})[^]*?^\1\2.*$/gm, (fence) => fence.replaceAll(/[^\n]/g, ''));
}

function plain(text: string): string {
  return text
    .replaceAll(/(`+)[^`]+?\1/g, 'code')
    .replaceAll(/\{@link\s+[^}]*\}/g, 'code')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\*\*|__/g, '');
}

function blocksOfDocument(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; lines: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push({ kind: 'document', line: open.line, text: plain(open.lines.join(' ')) });
    open = undefined;
  };
  for (const [i, line] of withoutFences(text).split('\n').entries()) {
    if (/^\s*\|/.test(line)) {
      close();
      const cells = line.split(/(?<!\\)\|/).filter((cell) => /[A-Za-z]/.test(cell));
      blocks.push(...cells.map((cell): Block => ({ kind: 'document', line: i + 1, text: plain(cell.trim()) })));
    } else if (/^\s*$|^\s*<!--/.test(line)) close();
    else if (/^\s*(#+|[-*+]|\d+\.|>)\s/.test(line)) {
      close();
      open = { line: i + 1, lines: [line.replace(/^\s*(#+|[-*+]|\d+\.|>)\s+/, '')] };
      if (/^\s*#/.test(line)) close();
    } else if (open === undefined) open = { line: i + 1, lines: [line.trim()] };
    else open.lines.push(line.trim());
  }
  close();
  return blocks;
}

function blocksOfCode({ path, text }: SourceFile): Block[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (place: number): number => source.getLineAndCharacterOfPosition(place).line + 1;
  const blocks: Block[] = [];
  const literals: ts.TextRange[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isRegularExpressionLiteral(node)) {
      const pos = node.getStart(source);
      literals.push({ pos, end: node.end });
      const words = text.slice(pos + 1, node.end - 1);
      const kind = isTitle(node) ? 'title' : 'message';
      const isRead = !ts.isRegularExpressionLiteral(node) && (kind === 'title' ? TEST.test(path) : MESSAGES.test(path));
      if (isRead && /[A-Za-z]+ [A-Za-z]+ [A-Za-z]+/.test(words)) blocks.push({ kind, line: lineOf(pos), text: plain(words) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...blocks, ...commentsOf(text, literals, lineOf)];
}

/** Whether a string is the first argument of a test or of a group of tests. */
function isTitle(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && parent.arguments[0] === node && /^(it|test|describe)\b/.test(parent.expression.getText());
}

/** Comments on their own; line comments that follow one another are one block. `literals` are the places of text in the code. */
function commentsOf(text: string, literals: readonly ts.TextRange[], lineOf: (place: number) => number): Block[] {
  const blocks: Block[] = [];
  let open: { end: number; lines: string[]; line: number } | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push({ kind: 'comment', line: open.line, text: plain(open.lines.join(' ')) });
    open = undefined;
  };
  for (const { 0: raw, index } of withoutRanges(text, literals).matchAll(/\/\/[^\n]*|\/\*[^]*?\*\//g)) {
    const line = lineOf(index);
    const words = text.slice(index, index + raw.length);
    if (raw.startsWith('//')) {
      if (open?.end !== line - 1) {
        close();
        open = { end: line, lines: [], line };
      }
      open.lines.push(words.replace(/^\/\/+\s?/, ''));
      open.end = line;
      continue;
    }
    close();
    blocks.push(...partsOf(words).map((part): Block => ({ kind: 'comment', line, text: plain(part.replaceAll('\n', ' ')) })));
  }
  close();
  return blocks;
}

/** The paragraphs, tags and list items of a block comment. */
function partsOf(comment: string): string[] {
  const lines = comment.slice(2, -2).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\*+ ?/, '').trim())
    .join('\n')
    .split(/\n\s*\n|(?:^|\s)@(?:returns|param\s+\S+|throws|see|default)\s|\n- /)
    .filter((part) => /\w/.test(part));
}

/** The text with blanks in place of the ranges, so that positions stay. */
function withoutRanges(text: string, ranges: readonly ts.TextRange[]): string {
  let end = 0;
  const pieces: string[] = [];
  for (const { pos, end: stop } of [...ranges].sort((a, b) => a.pos - b.pos)) {
    if (pos < end) continue;
    pieces.push(text.slice(end, pos), ' '.repeat(stop - pos));
    end = stop;
  }
  return [...pieces, text.slice(end)].join('');
}

function hashComments(text: string): Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  const lines = text.split('\n');
  for (const [i, line] of [...lines, ''].entries()) {
    const words = /^\s*#(?!!)\s?(.*)$/.exec(line)?.[1];
    if (words !== undefined && words.trim() !== '') open.push(words);
    else if (open.length > 0) {
      blocks.push({ kind: 'comment', line: i + 1 - open.length, text: plain(open.join(' ')) });
      open = [];
    }
  }
  return blocks;
}
