/** A shorter payload is not worth a view of its words. */
const MIN_BYTES_FOR_WORDS = 32;

/** Four bytes of a mask as one word, in the byte order of this machine. */
const MASK = new Uint8Array(4);
const MASK_WORD = new Int32Array(MASK.buffer);

/** A view of the memory that was unmasked last, because almost all connections are read into the same. */
let words: Int32Array = new Int32Array(0);

/** The masked bytes from `from` to `to`. `phase`: bytes of the payload before `from`. */
interface MaskedRange {
  readonly from: number;
  readonly to: number;
  readonly mask: Uint8Array;
  readonly phase: number;
}

/** Unmasks a part of a payload in place, four bytes at a time. */
export function unmask(bytes: Uint8Array, { from, to, mask, phase }: MaskedRange): void {
  if (to - from < MIN_BYTES_FOR_WORDS) return unmaskBytes(bytes, { from, to, mask, phase });
  // Words are aligned to the memory below the view.
  const lead = -(bytes.byteOffset + from) & 3;
  const first = from + lead;
  const count = (to - first) >> 2;
  unmaskBytes(bytes, { from, to: first, mask, phase });
  for (let step = 0; step < 4; step++) MASK[step] = mask[(phase + lead + step) & 3] as number;
  const word = MASK_WORD[0] as number;
  if (words.buffer !== bytes.buffer) words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
  const firstWord = (bytes.byteOffset + first) >> 2;
  for (let at = firstWord; at < firstWord + count; at++) words[at] = (words[at] as number) ^ word;
  unmaskBytes(bytes, { from: first + 4 * count, to, mask, phase: phase + lead });
}

function unmaskBytes(bytes: Uint8Array, { from, to, mask, phase }: MaskedRange): void {
  for (let at = from; at < to; at++) bytes[at] = (bytes[at] as number) ^ (mask[(phase + at - from) & 3] as number);
}
