/** A pattern of ids, realm keys or topics: an exact text, or a prefix before one `*` at the end. */
export type NamePattern = string;

const MAX_LENGTH = 256;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** A3: a text with at most one `*`, at its end. */
export function isPattern(value: unknown): value is NamePattern {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH || UNPRINTABLE.test(value)) return false;
  return !value.slice(0, -1).includes('*');
}

/** A3: whether one of the patterns includes a name. */
export function matchesAny(patterns: readonly NamePattern[], name: string): boolean {
  return patterns.some((pattern) => includes(pattern, name));
}

/** A3: whether one of the patterns includes a name that people can't tell from it: in other letters of the same text. */
export function matchesAnyAlike(patterns: readonly NamePattern[], name: string): boolean {
  return patterns.length > 0 && matchesAny(plainPatterns(patterns), plainForm(name));
}

/** By list, because the lists are those of the configuration. */
const PLAIN_PATTERNS = new WeakMap<readonly NamePattern[], readonly NamePattern[]>();

function plainPatterns(patterns: readonly NamePattern[]): readonly NamePattern[] {
  const known = PLAIN_PATTERNS.get(patterns);
  if (known !== undefined) return known;
  const plain = patterns.map(plainForm);
  PLAIN_PATTERNS.set(patterns, plain);
  return plain;
}

/** Without capitals, compatibility forms, invisible characters, and blanks at the ends. */
function plainForm(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll(INVISIBLE, '').trim();
}

/** The patterns of what both lists include. Undefined includes everything. */
export function commonPatterns(
  ones: readonly NamePattern[] | undefined,
  others: readonly NamePattern[] | undefined,
): readonly NamePattern[] | undefined {
  if (ones === undefined || others === undefined) return ones ?? others;
  const common = ones.flatMap((one) => others.flatMap((other) => narrowerOf(one, other) ?? []));
  return [...new Set(common)];
}

/** @returns undefined if the patterns have no text in common. */
function narrowerOf(one: NamePattern, other: NamePattern): NamePattern | undefined {
  if (includes(one, other)) return other;
  return includes(other, one) ? one : undefined;
}

function includes(wide: NamePattern, narrow: NamePattern): boolean {
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow;
}
