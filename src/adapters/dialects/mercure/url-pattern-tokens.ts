/** One token of a URL pattern. */
export interface PatternToken {
  readonly kind: 'text' | 'name' | 'wildcard' | 'open' | 'close' | 'optional';
  /** A character, or the name after the colon. */
  readonly text: string;
  readonly isEscaped?: boolean;
}

const NAME_START = /[$_\p{ID_Start}]/u;
const NAME_PART = /[$_\u200C\u200D\p{ID_Continue}]/u;

/** Splits a URL pattern into tokens. @returns undefined for regular expressions, repetitions and nested groups. */
export function tokenize(pattern: string): readonly PatternToken[] | undefined {
  const characters = [...pattern];
  const tokens: PatternToken[] = [];
  let isGrouped = false;
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    const last = tokens.at(-1)?.kind;
    const isRepeatable = last === 'name' || last === 'wildcard' || last === 'close';
    if (character === '(' || character === ')') return undefined;
    if ((character === '+' || character === '*') && isRepeatable) return undefined;
    if (character === '\\') {
      at += 1;
      if (at === characters.length) return undefined;
      tokens.push({ kind: 'text', text: characters[at] ?? '', isEscaped: true });
    } else if (character === ':' && NAME_START.test(characters[at + 1] ?? '')) {
      const start = at + 1;
      while (NAME_PART.test(characters[at + 1] ?? '')) at += 1;
      tokens.push({ kind: 'name', text: characters.slice(start, at + 1).join('') });
    } else if (character === '{' || character === '}') {
      if (isGrouped === (character === '{')) return undefined;
      isGrouped = !isGrouped;
      tokens.push({ kind: isGrouped ? 'open' : 'close', text: character });
    } else if (character === '*') tokens.push({ kind: 'wildcard', text: character });
    else tokens.push({ kind: character === '?' && isRepeatable ? 'optional' : 'text', text: character });
  }
  return isGrouped ? undefined : tokens;
}

/** The tokens before the first of the characters `ends` outside a group, and the index of that character. */
export function takeUntil(
  tokens: readonly PatternToken[],
  from: number,
  ends: string,
): { readonly part: readonly PatternToken[]; readonly end: number } {
  let isGrouped = false;
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as PatternToken;
    if (kind === 'open' || kind === 'close') isGrouped = kind === 'open';
    if (kind === 'text' && !isGrouped && ends.includes(text)) return { part: tokens.slice(from, at), end: at };
  }
  return { part: tokens.slice(from), end: tokens.length };
}
