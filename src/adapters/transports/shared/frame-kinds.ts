import type { BinaryFrames } from '../../../application/ports/dialect.ts';

const FIRST_TEXT_BYTE = 0x20;

/** W6: whether a frame to a client is binary. */
export function isBinaryFrame(kind: BinaryFrames, frame: Uint8Array): boolean {
  return kind === 'by-first-byte' ? (frame[0] ?? FIRST_TEXT_BYTE) < FIRST_TEXT_BYTE : kind;
}
