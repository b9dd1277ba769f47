/** A position in a text. Both numbers start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or }' | ', or ]' | 'end';

const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The position of the first syntax error in a JSON text, and the expected token; undefined for valid JSON. For messages that
 * must not quote the text, as those of `JSON.parse` do. Iterative, so the depth of the text is unlimited.
 */
export function jsonError(text: string): (Position & { readonly expected: string }) | undefined {
  return walk(text, { name: () => undefined, objectBegins: () => undefined, objectEnds: () => undefined });
}

/** A name that occurs more than once in an object. */
export interface RepeatedName extends Position {
  readonly name: string;
  readonly firstLine: number;
}

/** The names that are repeated in an object of valid JSON, in their order. `JSON.parse` takes the last value silently. */
export function repeatedNames(text: string): RepeatedName[] {
  const repeated: RepeatedName[] = [];
  const objects: Map<string, number>[] = [];
  walk(text, {
    objectBegins: () => void objects.push(new Map()),
    objectEnds: () => void objects.pop(),
    name: (begin, end) => {
      const name = JSON.parse(text.slice(begin, end)) as string;
      const first = objects.at(-1)?.get(name);
      if (first === undefined) objects.at(-1)?.set(name, begin);
      else repeated.push({ name, firstLine: placeAt(text, first).line, ...placeAt(text, begin) });
    },
  });
  return repeated;
}

interface Visitor {
  /** A name, with its quotes, from `begin` to `end`. */
  readonly name: (begin: number, end: number) => void;
  readonly objectBegins: () => void;
  readonly objectEnds: () => void;
}

function walk(text: string, visitor: Visitor): (Position & { readonly expected: string }) | undefined {
  const ends: ('}' | ']')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    return found !== null;
  };
  const afterValue = (): Expected => (ends.length === 0 ? 'end' : ends.at(-1) === '}' ? ', or }' : ', or ]');

  for (;;) {
    take(BLANK);
    const begin = at;
    const next = text[at] ?? '';
    if (expected === 'end' && next === '') return undefined;
    if (next !== '' && next === ends.at(-1) && mayEnd(expected)) {
      at += 1;
      if (ends.pop() === '}') visitor.objectEnds();
      expected = afterValue();
    } else if ((expected === 'value' || expected === 'value or ]') && (next === '{' || next === '[')) {
      at += 1;
      ends.push(next === '{' ? '}' : ']');
      if (next === '{') visitor.objectBegins();
      expected = next === '{' ? 'name or }' : 'value or ]';
    } else if ((expected === 'value' || expected === 'value or ]') && (take(STRING) || take(PLAIN))) {
      expected = afterValue();
    } else if ((expected === 'name' || expected === 'name or }') && take(STRING)) {
      visitor.name(begin, at);
      expected = ':';
    } else if ((expected === ', or }' || expected === ', or ]') && next === ',') {
      at += 1;
      expected = expected === ', or }' ? 'name' : 'value';
    } else if (expected === ':' && next === ':') {
      at += 1;
      expected = 'value';
    } else return { ...placeAt(text, at), expected };
  }
}

function mayEnd(expected: Expected): boolean {
  return expected === 'name or }' || expected === 'value or ]' || expected === ', or }' || expected === ', or ]';
}

function placeAt(text: string, at: number): Position {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
