import { describe, expect, it } from 'vitest';
import { longSentences, proseOf, pronouns, unknownNames, wordsOf } from './prose.ts';
import { filesUnder, type SourceFile } from './tree.ts';

// This file contains the sentences that break the rules, so the checks leave it out.
const FILES = filesUnder('.', /./).filter(({ path }) => path !== 'test/architecture/prose.test.ts');
const PATHS = FILES.map(({ path }) => path);
const WORDS = wordsOf(FILES);

/** Sentences with a banned word that stay, each with the reason. */
const ALLOWED_SENTENCES: Readonly<Record<string, string>> = {};

/** Names in inline code that belong to other products, each with the product. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {};

function complaints(check: (file: SourceFile) => string[]): string[] {
  return FILES.flatMap((file) => check(file).map((complaint) => `${file.path}: ${complaint}`));
}

describe('prose is plain technical English', () => {
  it('no sentence begins with a relative pronoun, and none contains an indefinite person', () => {
    expect(complaints((file) => pronouns(file, Object.keys(ALLOWED_SENTENCES)))).toEqual([]);
  });

  it('the average sentence of a file has at most 18 words', () => expect(complaints(longSentences)).toEqual([]));

  it('names in inline code of the documents exist in the code', () => {
    const foreign = new Set(Object.keys(FOREIGN_NAMES));
    expect(complaints((file) => unknownNames(file, WORDS, PATHS).filter((name) => !foreign.has(name)))).toEqual([]);
  });

  it('every exception is still needed', () => {
    const texts = FILES.flatMap((file) => proseOf(file).map(({ text }) => text));
    const sentences = Object.keys(ALLOWED_SENTENCES).filter((allowed) => !texts.some((text) => text.includes(allowed)));
    const named = new Set(FILES.flatMap((file) => unknownNames(file, WORDS, PATHS)));
    expect([...sentences, ...Object.keys(FOREIGN_NAMES).filter((name) => !named.has(name))]).toEqual([]);
  });
});

describe('the checks find what they are for', () => {
  const TS = 'src/domain/planted.ts';
  const DOC = 'docs/planted.md';
  const TEST = 'test/unit/planted.test.ts';

  it.each([
    [DOC, 'A peer connects. What waits is sent.'],
    [DOC, '- who has an id'],
    [DOC, '| a | whatever comes |'],
    [DOC, 'A message that nobody\nreads.'],
    [TS, '/** Whoever connects. */'],
    [TS, 'const a = 1; // So long as it lives'],
    [TS, '/** A peer. @param id what names it */'],
    [TS, "log.warn('somebody has connected twice');"],
    [TS, "const text = 'What is this to a reader';"],
    [TEST, "it('M1: who is absent has a mailbox', f);"],
    ['deploy/planted.yaml', 'a: 1\n# What is set here\nb: 2'],
  ])('in %s: %s', (path, text) => expect(pronouns({ path, text })).toHaveLength(1));

  it.each([
    [DOC, '`whoever` is a word. A peer that waits is told what it needs.'],
    [DOC, '```\nWhat is this\n```'],
    [TS, '// The sender whose session ended, and what remains'],
    [TEST, "const text = 'nobody is here today'; it('delivers the message', f);"],
  ])('not in %s: %s', (path, text) => expect(pronouns({ path, text })).toEqual([]));

  it('sentences that are too long on average, in documents and comments', () => {
    const sentence = (words: number): string => `The ${'word '.repeat(words - 1).trim()}.`;
    const text = Array.from({ length: 8 }, (_, i) => sentence(i === 0 ? 27 : 18)).join(' ');
    expect(longSentences({ path: DOC, text })).toEqual(['19.1 words in a sentence on average']);
    expect(longSentences({ path: TS, text: `/** ${text} */` })).toHaveLength(1);
    expect(longSentences({ path: DOC, text: text.replace('word word word word word word word word word ', '') })).toEqual([]);
  });

  it('names and paths that do not exist', () => {
    const words = new Set(['relayMessage', 'max_url_bytes']);
    const unknown = (text: string): string[] => unknownNames({ path: DOC, text }, words, ['src/domain/realm.ts']);
    expect(unknown('`sendMessage()` and `src/domain/gone.ts` and `SIGNALBOX_GONE`')).toHaveLength(3);
    expect(unknown('`relayMessage()`, `SIGNALBOX_MAX_URL_BYTES`, `src/domain`, `src/*/a.ts`, `npm test`, `Realm`')).toEqual([]);
  });
});
