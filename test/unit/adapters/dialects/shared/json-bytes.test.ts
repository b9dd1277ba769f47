import { expect, it } from 'vitest';
import { HIGH_BITS, stopBits, WORD_BYTES } from '../../../../../src/adapters/dialects/shared/json-bytes.ts';

/** The index of the first byte that ends or interrupts a string; 4 for none. */
function firstStop(bytes: readonly number[]): number {
  const stops = stopBits(Buffer.from(bytes).readInt32LE());
  for (let i = 0; i < WORD_BYTES; i++) if ((stops & (HIGH_BITS & (0xff << (8 * i)))) !== 0) return i;
  return WORD_BYTES;
}

it('M10: finds the first quote, backslash or control character, between any other bytes', () => {
  for (let byte = 0; byte < 0x100; byte++) {
    const isStop = byte < 0x20 || byte === 0x22 || byte === 0x5c;
    for (const around of [0x20, 0x21, 0x23, 0x5b, 0x5d, 0x61, 0x7f, 0x80, 0xff]) {
      for (let place = 0; place < WORD_BYTES; place++) {
        const bytes = Array.from({ length: WORD_BYTES }, (_, i) => (i === place ? byte : around));
        expect(firstStop(bytes), `${byte} at ${place} in ${around}`).toBe(isStop ? place : WORD_BYTES);
      }
    }
  }
});
