import { HIGH_BITS, stopBits, WORD_BYTES } from './json-bytes.ts';

/**
 * Texts that are the same in JSON and in memory: ASCII without quotes, backslashes and control characters. They are compared and
 * written four characters at a time. The last word is aligned with the end, and may overlap the one before.
 */

/** True if the bytes from `start` to before `end` are `text`, and plain. False also for a text of less than four characters. */
export function isPlainText(text: string, source: DataView, start: number, end: number): boolean {
  const last = text.length - WORD_BYTES;
  if (last < 0 || text.length !== end - start) return false;
  for (let at = 0; ; at += WORD_BYTES) {
    if (at > last) at = last;
    const word = plainWordAt(text, at);
    if (word === NOT_PLAIN || word !== source.getInt32(start + at, true)) return false;
    if (at === last) return true;
  }
}

/** Writes a plain text. @returns false for any other, and for less than four characters; the target may be changed then. */
export function writePlainText(text: string, target: DataView, start: number): boolean {
  const last = text.length - WORD_BYTES;
  if (last < 0) return false;
  for (let at = 0; ; at += WORD_BYTES) {
    if (at > last) at = last;
    const word = plainWordAt(text, at);
    if (word === NOT_PLAIN) return false;
    target.setInt32(start + at, word, true);
    if (at === last) return true;
  }
}

/** No word of four ASCII characters. */
const NOT_PLAIN = HIGH_BITS;

/** Four characters, the first in the lowest byte; NOT_PLAIN if one of them is not plain. */
function plainWordAt(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 1);
  const c = text.charCodeAt(at + 2);
  const d = text.charCodeAt(at + 3);
  const word = a | (b << 8) | (c << 16) | (d << 24);
  return (a | b | c | d) < 0x80 && stopBits(word) === 0 ? word : NOT_PLAIN;
}
