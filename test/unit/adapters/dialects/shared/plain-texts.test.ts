import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainText, writePlainText } from '../../../../../src/adapters/dialects/shared/plain-texts.ts';

/** Characters at the edges of what is plain, and such that differ in one bit or byte. */
const CHARACTERS = fc.constantFrom(...'aAbz09-_ !#[]\u007f"\\/\n\u0000\u001f\u0080ÿ\u0161\u2028字😀');
const TEXTS = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abc09-_'), maxLength: 70 }),
  fc.string({ unit: CHARACTERS, maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);
const PREFIX = 3;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether `text` has the same bytes in JSON and in Latin-1, and is long enough. */
function isPlain(text: string): boolean {
  return text.length >= 4 && JSON.stringify(text) === `"${text}"` && Buffer.byteLength(text) === text.length;
}

/** The comparison with the bytes of a JSON string. */
function isText(text: string, content: Uint8Array): boolean {
  const frame = Buffer.concat([Buffer.alloc(PREFIX, '"'), content, Buffer.from('"    ')]);
  return isPlainText(text, viewOf(new Uint8Array(frame)), PREFIX, PREFIX + content.length);
}

describe('plain texts', () => {
  it('M2: are found by their bytes, which are those of the text in JSON', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        expect(isText(text, Buffer.from(JSON.stringify(text).slice(1, -1)))).toBe(isPlain(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('M1: are not found in other bytes, also if these look alike as Latin-1 or have escapes', () => {
    fc.assert(
      fc.property(TEXTS, TEXTS, (text, other) => {
        for (const content of [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf8'), Buffer.from(other)]) {
          if (isText(text, content)) expect([isPlain(text), content.toString('latin1')]).toEqual([true, text]);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('M1: differ in any single character', () => {
    const id = 'a3a0f4ad-4f6f-4f3c-a1c4-6e9f7e0f2f1b';
    expect(isText(id, Buffer.from(id))).toBe(true);
    for (let place = 0; place < id.length; place++) {
      expect(isText(id, Buffer.from(`${id.slice(0, place)}x${id.slice(place + 1)}`)), `${place}`).toBe(false);
    }
    expect([isText(id, Buffer.from(`${id}1`)), isText(id, Buffer.from(id.slice(1)))]).toEqual([false, false]);
  });

  it('M2: are written as JSON, and no other text is', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const target = Buffer.alloc(PREFIX + text.length + 4, '.');
        const isWritten = writePlainText(text, viewOf(target), PREFIX);
        expect(isWritten).toBe(isPlain(text));
        if (isWritten) expect(target.toString('latin1')).toBe(`...${text}....`);
      }),
      { numRuns: 5_000 },
    );
  });
});
