import { expect, it } from 'vitest';
import { unmask } from '../../../../../src/adapters/transports/node/masking.ts';

const MASK = Uint8Array.of(0x12, 0x9a, 0x04, 0xff);

it('unmasks each length at each offset and phase, and no byte beside', () => {
  for (const memory of [new Uint8Array(128), new Uint8Array(127)]) unmasksEach(memory);
});

function unmasksEach(memory: Uint8Array): void {
  for (let offset = 0; offset < 4; offset++) {
    for (let from = 0; from < 4; from++) {
      for (let length = 0; length < 80; length++) {
        for (let phase = 0; phase < 4; phase++) {
          const bytes = memory.subarray(offset, offset + 100);
          bytes.forEach((_, at) => (bytes[at] = at));
          unmask(bytes, { from, to: from + length, mask: MASK, phase });
          const isPayload = (at: number): boolean => at >= from && at < from + length;
          const expected = Array.from(bytes, (_, at) => (isPayload(at) ? at ^ (MASK[(phase + at - from) & 3] as number) : at));
          expect([...bytes]).toEqual(expected);
        }
      }
    }
  }
}
