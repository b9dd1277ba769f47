/** One token of a URL pattern. */
export interface PatternToken {
  readonly is: 'text' | 'name' | 'star' | 'open' | 'close' | 'maybe';
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
    const last = tokens.at(-1)?.is;
    const isRepeatable = last === 'name' || last === 'star' || last === 'close';
    if (character === '(' || character === ')') return undefined;
    if ((character === '+' || character === '*') && isRepeatable) return undefined;
    if (character === '\\') {
      at += 1;
      if (at === characters.length) return undefined;
      tokens.push({ is: 'text', text: characters[at] ?? '', isEscaped: true });
    } else if (character === ':' && NAME_START.test(characters[at + 1] ?? '')) {
      const start = at + 1;
      while (NAME_PART.test(characters[at + 1] ?? '')) at += 1;
      tokens.push({ is: 'name', text: characters.slice(start, at + 1).join('') });
    } else if (character === '{' || character === '}') {
      if (isGrouped === (character === '{')) return undefined;
      isGrouped = !isGrouped;
      tokens.push({ is: isGrouped ? 'open' : 'close', text: character });
    } else if (character === '*') tokens.push({ is: 'star', text: character });
    else tokens.push({ is: character === '?' && isRepeatable ? 'maybe' : 'text', text: character });
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
    const { is, text } = tokens[at] as PatternToken;
    if (is === 'open' || is === 'close') isGrouped = is === 'open';
    if (is === 'text' && !isGrouped && ends.includes(text)) return { part: tokens.slice(from, at), end: at };
  }
  return { part: tokens.slice(from), end: tokens.length };
}
