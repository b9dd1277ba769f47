import { describe, expect, it } from 'vitest';
import { isBinaryFrame } from '../../../../../src/adapters/transports/shared/frame-kinds.ts';

const frame = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe('the kind of a frame', () => {
  it('W6: is that of the dialect, or depends on the first byte', () => {
    expect([isBinaryFrame(true, frame('[]')), isBinaryFrame(false, frame('\x04'))]).toEqual([true, false]);
    expect(['[1]', '{}', '', '\x04a'].map((text) => isBinaryFrame('by-first-byte', frame(text)))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
