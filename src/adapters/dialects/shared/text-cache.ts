// A power of two. Peers write the same few ids again and again.
const SLOTS = 8_192;
const SLOT_BYTES = 64;
const WORD_BYTES = 4;

/**
 * Short texts that were read before, with their bytes: who reads one again gets the same string,
 * whose hash is known, and who writes it copies words. Only ASCII that stands for itself in a JSON
 * string is kept. Each text has one place where it can stand, and goes when another needs it; so
 * there are never more, and nothing depends on which there are.
 */
export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');
  readonly #bytes = new DataView(new ArrayBuffer(SLOTS * SLOT_BYTES));

  /** What the bytes from `start` to before `end` spell, if it is known. */
  find(source: DataView, start: number, end: number): string | undefined {
    const length = end - start;
    if (!isCacheable(length)) return undefined;
    const place = slotOf(source.getInt32(start, true), source.getInt32(end - WORD_BYTES, true));
    const text = this.#texts[place] as string;
    return text.length === length && this.#matches(place * SLOT_BYTES, source, start, length) ? text : undefined;
  }

  /** @param source where the bytes of `text` stand, from `start` on. */
  add(text: string, source: DataView, start: number): void {
    const { length } = text;
    if (!isCacheable(length)) return;
    const place = slotOf(source.getInt32(start, true), source.getInt32(start + length - WORD_BYTES, true));
    this.#texts[place] = text;
    copy(source, start, this.#bytes, place * SLOT_BYTES, length);
  }

  /** Writes `text`. @returns whether it is known; if not, nothing was written. */
  write(text: string, target: DataView, at: number): boolean {
    const { length } = text;
    if (!isCacheable(length)) return false;
    const place = slotOf(wordIn(text, 0), wordIn(text, length - WORD_BYTES));
    if (this.#texts[place] !== text) return false;
    // Of equal strings the one that the broker itself has: to compare it with itself costs nothing.
    this.#texts[place] = text;
    copy(this.#bytes, place * SLOT_BYTES, target, at, length);
    return true;
  }

  #matches(known: number, source: DataView, start: number, length: number): boolean {
    const last = length - WORD_BYTES;
    for (let at = 0; at < last; at += WORD_BYTES) {
      if (source.getInt32(start + at, true) !== this.#bytes.getInt32(known + at, true)) return false;
    }
    return source.getInt32(start + last, true) === this.#bytes.getInt32(known + last, true);
  }
}

/** Whether it is at least a word, and no longer than its place. */
function isCacheable(length: number): boolean {
  return length >= WORD_BYTES && length <= SLOT_BYTES;
}

/** Ids differ in their first or in their last characters, if they differ at all. */
function slotOf(first: number, last: number): number {
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) ^ last, 0x85ebca6b);
  return hash >>> 19;
}

function wordIn(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
}

/** Word by word, the last from where it ends. */
function copy(source: DataView, from: number, target: DataView, to: number, length: number): void {
  const last = length - WORD_BYTES;
  for (let at = 0; at < last; at += WORD_BYTES) target.setInt32(to + at, source.getInt32(from + at, true), true);
  target.setInt32(to + last, source.getInt32(from + last, true), true);
}
