/** Texts are read this many bytes at a time. */
export const WORD_BYTES = 4;

export const HIGH_BITS = 0x80808080 | 0;
const SWAPS_QUOTE_AND_SPACE = 0x02020202;
const ABOVE_SPACES = 0x21212121;
const BACKSLASHES = 0x5c5c5c5c;
const ONES = 0x01010101;

/**
 * Finds bytes that end or interrupt a string: quotes, backslashes and control characters. The lowest byte with its high bit
 * set in the result is the first of them; higher bits are not valid. The XOR swaps quote and space, so that a quote and the
 * control characters are the only ASCII bytes below 0x21. A backslash becomes zero. Both subtractions then borrow from the
 * high bit, which is free in ASCII.
 */
export function stopBits(word: number): number {
  const quotesAndControls = (word ^ SWAPS_QUOTE_AND_SPACE) - ABOVE_SPACES;
  const backslashes = (word ^ BACKSLASHES) - ONES;
  return (quotesAndControls | backslashes) & ~word & HIGH_BITS;
}
