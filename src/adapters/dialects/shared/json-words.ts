const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;

const NO_MATCH = -1;

/**
 * Compares the beginning of a valid JSON string with a word, also if letters are escaped. It builds no string, so that escaped
 * names cost no more than plain names.
 * @param quote the offset of the opening quote. @param word ASCII letters.
 * @returns the offset after the word; -1 if the string begins differently.
 */
export function endOfWord(bytes: Uint8Array, quote: number, word: string): number {
  let at = quote + 1;
  for (let i = 0; i < word.length; i++) {
    if (bytes[at] !== BACKSLASH) {
      if (bytes[at] !== word.charCodeAt(i)) return NO_MATCH;
      at += 1;
      continue;
    }
    // Only \u escapes can encode a letter.
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
