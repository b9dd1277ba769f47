import { ANY, Glob, type Meter, type Piece, type Wildcard } from './glob.ts';
import { BASE, canonical, COMPONENTS, componentsOf, portFor, SPECIAL_SCHEMES, type Component } from './url-components.ts';
import { tokenize, takeUntil, type PatternToken } from './url-pattern-tokens.ts';

// Each piece costs a step for each character of the topic.
const MAX_WEIGHT = 64;
/** The step that looks up the components of a topic. */
const LOOKUP_WEIGHT = 1;

type Parts = Record<Component, readonly PatternToken[] | undefined>;

const ANY_TEXT: readonly PatternToken[] = [{ kind: 'wildcard', text: '*' }];
const EMPTY: readonly PatternToken[] = [];

/** MER6: a URL pattern of a subset without regular expressions, repetitions, users and passwords. */
class UrlMatcher {
  readonly weight: number;
  readonly #globs: readonly (readonly [Component, Glob])[];

  constructor(globs: readonly (readonly [Component, Glob])[]) {
    this.#globs = globs;
    this.weight = globs.reduce((sum, [, glob]) => sum + glob.weight, LOOKUP_WEIGHT);
  }

  /** False for a topic that is not a URL. */
  matches(topic: string, meter: Meter): boolean {
    meter.steps += 1;
    const components = componentsOf(topic);
    return components !== undefined && this.#globs.every(([component, glob]) => glob.matches(components[component], meter));
  }
}

/** @returns undefined for a text outside the subset, and for a pattern with too many pieces. */
export function compileUrlPattern(pattern: string): UrlMatcher | undefined {
  const tokens = tokenize(pattern);
  const parts = tokens === undefined ? undefined : partsOf(tokens);
  if (parts === undefined) return undefined;
  const globs: [Component, Glob][] = [];
  const names = new Set<string>();
  for (const component of COMPONENTS) {
    const pieces = piecesOf(component, parts[component] ?? ANY_TEXT, names);
    if (pieces === undefined) return undefined;
    const written = component === 'port' ? withoutDefault(pieces, textOf(parts.protocol ?? ANY_TEXT)) : pieces;
    if (!(written.length === 1 && written[0] === ANY)) globs.push([component, new Glob(written)]);
  }
  const glob = new UrlMatcher(globs);
  return glob.weight > MAX_WEIGHT ? undefined : glob;
}

/** A missing part before the first part of the pattern is empty; a missing part after the last one matches any text. */
function partsOf(tokens: readonly PatternToken[]): Parts | undefined {
  const scheme = takeUntil(tokens, 0, ':');
  if (scheme.end === tokens.length) return relativeParts(tokens);
  const isAuthority = isText(tokens[scheme.end + 1], '/') && isText(tokens[scheme.end + 2], '/');
  const protocol = scheme.part;
  const isSpecial = SPECIAL_SCHEMES.some((name) => canMatch(protocol, name));
  if (!isAuthority) {
    return isSpecial ? undefined : { protocol, hostname: EMPTY, port: EMPTY, ...pathParts(tokens, scheme.end + 1, '') };
  }
  const authority = takeUntil(tokens, scheme.end + 3, '/?#');
  const host = takeUntil(authority.part, 0, ':');
  if (host.part.length === 0 || authority.part.some(({ kind, text }) => kind === 'text' && '@[]'.includes(text))) {
    return undefined;
  }
  const port = authority.part.slice(host.end + 1);
  if (host.end < authority.part.length && port.length === 0) return undefined;
  return { protocol, hostname: host.part, port, ...pathParts(tokens, authority.end, isSpecial ? '/' : '') };
}

function relativeParts(tokens: readonly PatternToken[]): Parts {
  const isBare = !isText(tokens[0], '?') && !isText(tokens[0], '#') && !beginsWithSlash(tokens);
  const all = isBare ? [slash, ...tokens] : tokens;
  const base = { protocol: texts(BASE.protocol), hostname: texts(BASE.hostname), port: EMPTY };
  return { ...base, ...pathParts(all, 0, '/') };
}

const slash: PatternToken = { kind: 'text', text: '/' };

function pathParts(tokens: readonly PatternToken[], from: number, empty: '' | '/'): Pick<Parts, 'pathname' | 'search' | 'hash'> {
  if (from === tokens.length) return { pathname: undefined, search: undefined, hash: undefined };
  const path = takeUntil(tokens, from, '?#');
  const pathname = path.part.length === 0 ? texts(empty) : path.part;
  if (path.end === tokens.length) return { pathname, search: undefined, hash: undefined };
  if (isText(tokens[path.end], '#')) return { pathname, search: EMPTY, hash: tokens.slice(path.end + 1) };
  const search = takeUntil(tokens, path.end + 1, '#');
  const hash = search.end === tokens.length ? undefined : tokens.slice(search.end + 1);
  return { pathname, search: search.part, hash };
}

function piecesOf(component: Component, tokens: readonly PatternToken[], names: Set<string>): Piece[] | undefined {
  const pieces: Piece[] = [];
  let text = '';
  const flush = (): boolean => {
    if (text === '') return true;
    const written = canonical[component](text);
    text = '';
    if (written !== undefined) pieces.push(written);
    return written !== undefined;
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as PatternToken;
    if (token.kind === 'text') {
      text += token.text;
      continue;
    }
    const group = token.kind === 'open' ? groupAt(tokens, at) : { inner: [token], end: at };
    const isOptional = tokens[group.end + 1]?.kind === 'optional';
    // A slash before an optional name or wildcard is optional with it.
    const takesSlash = isOptional && token.kind !== 'open' && component === 'pathname' && endsWithSlash(tokens, at);
    if (takesSlash) text = text.slice(0, -1);
    if (!flush()) return undefined;
    const inner = innerPieces(component, takesSlash ? [slash, ...group.inner] : group.inner, names);
    if (inner === undefined) return undefined;
    pieces.push(...(isOptional ? [{ optional: inner }] : inner));
    at = isOptional ? group.end + 1 : group.end;
  }
  return flush() ? pieces : undefined;
}

/** The pieces of a group: at most one name or wildcard, with texts around it. */
function innerPieces(component: Component, tokens: readonly PatternToken[], names: Set<string>): Piece[] | undefined {
  const pieces: Piece[] = [];
  let text = '';
  for (const { kind, text: written } of [...tokens, END]) {
    if (kind === 'text') {
      text += written;
      continue;
    }
    if (text !== '') {
      const form = canonical[component](text);
      if (form === undefined) return undefined;
      pieces.push(form);
      text = '';
    }
    if (kind === 'close') break;
    if (kind === 'name' && names.has(written)) return undefined;
    if (kind === 'name') names.add(written);
    pieces.push(kind === 'name' ? SEGMENTS[component] : ANY);
  }
  return pieces.filter((piece) => typeof piece !== 'string').length > 1 ? undefined : pieces;
}

const END: PatternToken = { kind: 'close', text: '' };
const ONE_OR_MORE: Wildcard = { minLength: 1, accepts: () => true };
const anyExcept = (character: string): Wildcard => ({ minLength: 1, accepts: (unit) => unit !== character.charCodeAt(0) });

/** The text that a name matches: at least one character, without the delimiter of its component. */
const SEGMENTS: Readonly<Record<Component, Wildcard>> = {
  protocol: ONE_OR_MORE,
  hostname: anyExcept('.'),
  port: ONE_OR_MORE,
  pathname: anyExcept('/'),
  search: ONE_OR_MORE,
  hash: ONE_OR_MORE,
};

function groupAt(
  tokens: readonly PatternToken[],
  open: number,
): { readonly inner: readonly PatternToken[]; readonly end: number } {
  const end = tokens.findIndex(({ kind }, at) => at > open && kind === 'close');
  return { inner: tokens.slice(open + 1, end), end };
}

function withoutDefault(pieces: Piece[], protocol: string | undefined): Piece[] {
  const [port] = pieces;
  if (pieces.length !== 1 || typeof port !== 'string') return pieces;
  const written = portFor(protocol, port);
  return written === '' ? [] : [written];
}

/** The text of a part without names and wildcards; otherwise undefined. */
function textOf(tokens: readonly PatternToken[]): string | undefined {
  return tokens.every(({ kind }) => kind === 'text')
    ? tokens
        .map(({ text }) => text)
        .join('')
        .toLowerCase()
    : undefined;
}

function canMatch(tokens: readonly PatternToken[], protocol: string): boolean {
  const pieces = piecesOf('protocol', tokens, new Set());
  return pieces !== undefined && new Glob(pieces).matches(protocol, { steps: 0 });
}

function texts(written: string): readonly PatternToken[] {
  return [...written].map((text) => ({ kind: 'text', text }));
}

function isText(token: PatternToken | undefined, text: string): boolean {
  return token?.kind === 'text' && token.text === text;
}

function beginsWithSlash([first, second]: readonly PatternToken[]): boolean {
  return isText(first, '/') || (first?.kind === 'open' && isText(second, '/'));
}

function endsWithSlash(tokens: readonly PatternToken[], at: number): boolean {
  const before = tokens[at - 1];
  return isText(before, '/') && before?.isEscaped !== true;
}
