/** A run of characters of a class. */
export interface Wildcard {
  /** The least number of characters. */
  readonly minLength: 0 | 1;
  /** True for a character (UTF-16 unit) of the class. */
  readonly accepts: (unit: number) => boolean;
}

/** A literal text, a wildcard, or an optional sequence of pieces. */
export type Piece = string | Wildcard | { readonly optional: readonly Piece[] };

/** Counts the characters that were compared. */
export interface Meter {
  steps: number;
}

/** A literal text with its failure table, for the search of Knuth, Morris and Pratt. */
interface Needle {
  readonly text: string;
  readonly failures: Uint16Array;
}

type Compiled = Needle | Wildcard | { readonly optional: readonly Compiled[] };

/** The set of positions at which the next piece may begin: 1 at each of them, all between `first` and `last`. */
interface Positions {
  readonly at: Uint8Array;
  first: number;
  last: number;
}

export const ANY: Wildcard = { minLength: 0, accepts: () => true };

/**
 * MER6: matches a whole text with a sequence of pieces. All ways to match are followed at the same time, without backtracking.
 * So the cost is bounded: at most `weight * (length + 1)` steps.
 */
export class Glob {
  readonly weight: number;
  readonly #pieces: readonly Compiled[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces.filter((piece) => piece !== '').map(compile);
    this.weight = weightOf(this.#pieces);
  }

  /** @param meter counts the steps. */
  matches(text: string, meter: Meter): boolean {
    const start: Positions = { at: new Uint8Array(text.length + 1), first: 0, last: 0 };
    start.at[0] = 1;
    meter.steps += 1;
    const ends = afterSequence(this.#pieces, text, start, meter);
    return ends.at[text.length] === 1;
  }
}

function compile(piece: Piece): Compiled {
  if (typeof piece === 'string') return { text: piece, failures: failureTable(piece) };
  return 'optional' in piece ? { optional: piece.optional.filter((one) => one !== '').map(compile) } : piece;
}

function weightOf(pieces: readonly Compiled[]): number {
  let weight = 1;
  for (const piece of pieces) weight += 'optional' in piece ? weightOf(piece.optional) + 1 : 'text' in piece ? 3 : 1;
  return weight;
}

function failureTable(text: string): Uint16Array {
  const failures = new Uint16Array(text.length + 1);
  for (let at = 1, length = 0; at < text.length; at++) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = failures[length] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(length)) length += 1;
    failures[at + 1] = length;
  }
  return failures;
}

function afterSequence(pieces: readonly Compiled[], text: string, start: Positions, meter: Meter): Positions {
  let positions = start;
  for (const piece of pieces) {
    if (positions.first > positions.last) return positions;
    if ('optional' in piece) positions = union(positions, afterSequence(piece.optional, text, positions, meter), meter);
    else positions = 'text' in piece ? afterText(piece, text, positions, meter) : afterWildcard(piece, text, positions, meter);
  }
  return positions;
}

function noPositions(text: string): Positions {
  return { at: new Uint8Array(text.length + 1), first: text.length + 1, last: -1 };
}

function addPosition(positions: Positions, at: number): void {
  positions.at[at] = 1;
  if (at < positions.first) positions.first = at;
  if (at > positions.last) positions.last = at;
}

function union(one: Positions, other: Positions, meter: Meter): Positions {
  const both: Positions = { at: one.at.slice(), first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
  for (let at = other.first; at <= other.last; at++) if (other.at[at] === 1) both.at[at] = 1;
  meter.steps += Math.max(0, other.last - other.first + 1);
  return both;
}

function afterText(
  { text: needle, failures }: Needle,
  text: string,
  { at: starts, first, last }: Positions,
  meter: Meter,
): Positions {
  const next = noPositions(text);
  const end = Math.min(text.length, last + needle.length);
  let matched = 0;
  for (let at = first; at < end; at++) {
    while (matched > 0 && text.charCodeAt(at) !== needle.charCodeAt(matched)) {
      matched = failures[matched] ?? 0;
      meter.steps += 1;
    }
    meter.steps += 1;
    if (text.charCodeAt(at) === needle.charCodeAt(matched)) matched += 1;
    else if (first === last) return next;
    if (matched < needle.length) continue;
    if (starts[at + 1 - needle.length] === 1) addPosition(next, at + 1);
    matched = failures[matched] ?? 0;
  }
  return next;
}

function afterWildcard(
  { minLength, accepts }: Wildcard,
  text: string,
  { at: starts, first, last }: Positions,
  meter: Meter,
): Positions {
  const next = noPositions(text);
  let isInside = false;
  for (let at = first; at <= text.length; at++) {
    meter.steps += 1;
    if (isInside) isInside = accepts(text.charCodeAt(at - 1));
    if (isInside) addPosition(next, at);
    if (starts[at] === 1) {
      if (minLength === 0) addPosition(next, at);
      isInside = true;
    }
    if (!isInside && at >= last) break;
  }
  return next;
}
