import { WORD_BYTES } from './json-bytes.ts';
import { isPlainText } from './plain-texts.ts';

// A power of two: `slotOf` takes the upper bits of a 32-bit hash.
const SLOTS = 8_192;
const SLOT_BYTES = 64;

/**
 * A direct-mapped cache of short texts and their bytes, for ids that repeat in many frames. A cached text is read
 * without a new string. It holds only ASCII that JSON strings contain unescaped. Each text has one slot; a new text
 * replaces the text in its slot, so the size is fixed. A miss only costs time.
 */
export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');
  readonly #bytes = new DataView(new ArrayBuffer(SLOTS * SLOT_BYTES));
  /** The likely text that the current frame has, and its place there. */
  #likely: string | undefined = undefined;
  #frame: DataView = this.#bytes;
  #start = 0;

  /** Another frame is read. */
  forgetFrame(): void {
    this.#likely = undefined;
  }

  /** Whether `text` has the bytes from `start` to before `end`. */
  isLikely(text: string, source: DataView, start: number, end: number): boolean {
    if (!isPlainText(text, source, start, end)) return false;
    this.#likely = text;
    this.#frame = source;
    this.#start = start;
    return true;
  }

  /** Writes the likely text from the current frame. @returns false, and writes nothing, if that is another text. */
  writeLikely(text: string, target: DataView, at: number): boolean {
    if (text !== this.#likely) return false;
    copy(this.#frame, this.#start, target, at, text.length);
    return true;
  }

  /** The text of the bytes from `start` to before `end`; undefined if it is not cached. */
  find(source: DataView, start: number, end: number): string | undefined {
    const length = end - start;
    if (!isCacheable(length)) return undefined;
    const slot = slotOf(source.getInt32(start, true), source.getInt32(end - WORD_BYTES, true));
    const text = this.#texts[slot] as string;
    return text.length === length && this.#matches(slot * SLOT_BYTES, source, start, length) ? text : undefined;
  }

  /** @param source has the bytes of `text` from `start` on. */
  add(text: string, source: DataView, start: number): void {
    const { length } = text;
    if (!isCacheable(length)) return;
    const slot = slotOf(source.getInt32(start, true), source.getInt32(start + length - WORD_BYTES, true));
    this.#texts[slot] = text;
    copy(source, start, this.#bytes, slot * SLOT_BYTES, length);
  }

  #matches(cached: number, source: DataView, start: number, length: number): boolean {
    const last = length - WORD_BYTES;
    for (let at = 0; at < last; at += WORD_BYTES) {
      if (source.getInt32(start + at, true) !== this.#bytes.getInt32(cached + at, true)) return false;
    }
    return source.getInt32(start + last, true) === this.#bytes.getInt32(cached + last, true);
  }
}

/** At least one word, so that the words at both ends can be read, and at most one slot. */
function isCacheable(length: number): boolean {
  return length >= WORD_BYTES && length <= SLOT_BYTES;
}

/** A hash of the first and the last word, because ids with a common prefix or suffix differ at the other end. */
function slotOf(first: number, last: number): number {
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) ^ last, 0x85ebca6b);
  return hash >>> 19;
}

/** Copies word by word. The last word is aligned with the end and may overlap the one before. */
function copy(source: DataView, from: number, target: DataView, to: number, length: number): void {
  const last = length - WORD_BYTES;
  for (let at = 0; at < last; at += WORD_BYTES) target.setInt32(to + at, source.getInt32(from + at, true), true);
  target.setInt32(to + last, source.getInt32(from + last, true), true);
}
