const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;

const NO_MATCH = -1;

/**
 * Where a word ends at the beginning of a well-formed JSON string, in which letters may be escaped; -1 where the string
 * begins otherwise. Builds nothing, so that a frame full of escaped names costs no more than one of plain names.
 * @param quote the place of the opening quote. @param word ASCII letters
 */
export function endOfWord(bytes: Uint8Array, quote: number, word: string): number {
  let at = quote + 1;
  for (let i = 0; i < word.length; i++) {
    if (bytes[at] !== BACKSLASH) {
      if (bytes[at] !== word.charCodeAt(i)) return NO_MATCH;
      at += 1;
      continue;
    }
    // The short escapes stand for no letter.
    if (bytes[at + 1] !== LETTER_U || codeAt(bytes, at + 2) !== word.charCodeAt(i)) return NO_MATCH;
    at += 6;
  }
  return at;
}

/** The value of four hexadecimal digits. */
function codeAt(bytes: Uint8Array, start: number): number {
  let code = 0;
  for (let at = start; at < start + 4; at++) {
    const digit = bytes[at] as number;
    code = code * 16 + (digit <= NINE ? digit - ZERO : (digit | 0x20) - 0x57);
  }
  return code;
}
