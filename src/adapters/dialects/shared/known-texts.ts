// A power of two. Peers write the same few ids again and again.
const PLACES = 8_192;
const ROOM = 64;
const WORD = 4;

/**
 * Short texts that were read before, with their bytes: who reads one again gets the same string,
 * whose hash is known, and who writes it copies words. Only ASCII that stands for itself in a JSON
 * string is kept. Each text has one place where it can stand, and goes when another needs it; so
 * there are never more, and nothing depends on which there are.
 */
export class KnownTexts {
  readonly #texts: string[] = new Array<string>(PLACES).fill('');
  readonly #bytes = new DataView(new ArrayBuffer(PLACES * ROOM));

  /** What the bytes from `start` to before `end` spell, if it is known. */
  find(source: DataView, start: number, end: number): string | undefined {
    const length = end - start;
    if (!fits(length)) return undefined;
    const place = placeOf(source.getInt32(start, true), source.getInt32(end - WORD, true));
    const text = this.#texts[place] as string;
    return text.length === length && this.#holds(place * ROOM, source, start, length) ? text : undefined;
  }

  /** @param source where the bytes of `text` stand, from `start` on. */
  add(text: string, source: DataView, start: number): void {
    const { length } = text;
    if (!fits(length)) return;
    const place = placeOf(source.getInt32(start, true), source.getInt32(start + length - WORD, true));
    this.#texts[place] = text;
    copy(source, start, this.#bytes, place * ROOM, length);
  }

  /** Writes `text`. @returns whether it is known; if not, nothing was written. */
  write(text: string, target: DataView, at: number): boolean {
    const { length } = text;
    if (!fits(length)) return false;
    const place = placeOf(wordIn(text, 0), wordIn(text, length - WORD));
    if (this.#texts[place] !== text) return false;
    // Of equal strings the one that the broker itself has: to compare it with itself costs nothing.
    this.#texts[place] = text;
    copy(this.#bytes, place * ROOM, target, at, length);
    return true;
  }

  #holds(known: number, source: DataView, start: number, length: number): boolean {
    const last = length - WORD;
    for (let at = 0; at < last; at += WORD) {
      if (source.getInt32(start + at, true) !== this.#bytes.getInt32(known + at, true)) return false;
    }
    return source.getInt32(start + last, true) === this.#bytes.getInt32(known + last, true);
  }
}

/** Whether it is at least a word, and no longer than its place. */
function fits(length: number): boolean {
  return length >= WORD && length <= ROOM;
}

/** Ids differ in their first or in their last characters, if they differ at all. */
function placeOf(first: number, last: number): number {
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) ^ last, 0x85ebca6b);
  return hash >>> 19;
}

function wordIn(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
}

/** Word by word, the last from where it ends. */
function copy(source: DataView, from: number, target: DataView, to: number, length: number): void {
  const last = length - WORD;
  for (let at = 0; at < last; at += WORD) target.setInt32(to + at, source.getInt32(from + at, true), true);
  target.setInt32(to + last, source.getInt32(from + last, true), true);
}
