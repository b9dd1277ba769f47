import { describe, expect, it } from 'vitest';
import { INVALID, JsonScanner } from '../../../../../src/adapters/dialects/shared/json-scanner.ts';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';

const NUMBERS = [
  ...['0', '-0', '7', '10', '-12', '0.0', '1.5', '-0.125', '1e5', '1E5', '1e+5', '1e-5', '0e0', '1.5e10'],
  ...['9'.repeat(400), `1e-${'9'.repeat(400)}`],
];
const INVALID_NUMBERS = ['', '-', '+1', '.5', '1.', '1.e5', '1e', '1e+', '-.5', '1.5e', '- 1', 'Infinity', '-Infinity', 'NaN'];
const STRINGS = [
  ...['""', '"a"', '"\\""', '"\\\\"', '"\\/\\b\\f\\n\\r\\t"', '"//"', '"]}"'],
  ...['"\\u0000\\uFFFF\\uabCD"', '"\\ud800"', '"\u2028😀\u007f"'],
];
const INVALID_STRINGS = [
  ...['"', '"a', '"\\"', '"\\', '"\\x"', '"\\u"', '"\\u12"', '"\\u12G4"', '"\\u123'],
  ...['"\n"', '"\u0000"', '"\u001f"', "'a'", 'a'],
];
const LITERALS_AND_CONTAINERS = [
  ...['null', 'true', 'false', '[]', '{}', '[ ]', '{ }', '[\n]', '{"":0}', '{"a":1,"a":2}'],
  ...['[1,[2,{"a":[]}],3]', '{"a":{"b":{}},"c":[{}]}'],
];
const INVALID_VALUES = [
  ...['nul', 'nulL', 'True', 'tru', 'fals', 'undefined', ',', ':', ']', '}'],
  ...['[', '[1', '[1,', '[1,]', '[,1]', '[1 2]', '[1}', '[[]', '[1,,2]'],
  ...['{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{"a" 1}', '{a:1}', '{"a":1]'],
  ...['{"a":1 "b":2}', '{"a"}', '{1:2}', '{"a":}', '{"a"::1}'],
];

const scanner = new JsonScanner(new TextCache());

function scan(text: string): JsonScanner {
  scanner.load(Buffer.from(text));
  return scanner;
}

/** The offset after the first value of `text`. */
function endOf(text: string): number {
  return scan(text).skipValue(0);
}

describe('values (M10: valid means the same as for JSON.parse)', () => {
  it.each([...NUMBERS, ...STRINGS, ...LITERALS_AND_CONTAINERS])('M2: finds the end of %j', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    for (const after of ['', ',', '}', ']', ' ', '"']) expect(endOf(`${text}${after}`)).toBe(Buffer.byteLength(text));
  });

  it.each([...INVALID_NUMBERS, ...INVALID_STRINGS, ...INVALID_VALUES])('M10: rejects %j', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(endOf(text)).toBe(INVALID);
    expect(endOf(`[0,${text}`)).toBe(INVALID);
    expect(endOf(`{"a":${text}`)).toBe(INVALID);
  });

  it('M10: ends a number at the first byte that is not part of it, also if that byte is invalid there', () => {
    expect(endOf('01')).toBe(1);
    expect(endOf('1.5.5')).toBe(3);
    expect(endOf('[01]')).toBe(INVALID);
    expect(endOf('[1-1]')).toBe(INVALID);
  });

  it('M10: rejects unescaped control characters in a string, and accepts every other byte', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      const isFine = code >= 0x20 && character !== '"' && character !== '\\';
      expect(endOf(`"${character}"`) === 3, `${code}`).toBe(isFine);
    }
  });

  it('M10: accepts eight characters after a backslash', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      expect(endOf(`"\\${character}"`) === 4, `${code}`).toBe('"\\/bfnrt'.includes(character));
    }
  });
});

describe('depth', () => {
  it('M2: skips 100,000 levels without using the stack, closed or not', () => {
    const mixed = '[{"a":'.repeat(50_000);
    const closed = `${mixed}0${'}]'.repeat(50_000)}`;
    expect(endOf(closed)).toBe(closed.length);
    expect(endOf(mixed)).toBe(INVALID);
    expect(endOf('['.repeat(100_000))).toBe(INVALID);
  });

  it('M10: keeps no nesting of the previous text', () => {
    endOf('['.repeat(1_000));
    expect(endOf('{"a":1]')).toBe(INVALID);
    endOf('{"a":'.repeat(1_000));
    expect(endOf('[1}')).toBe(INVALID);
    expect(endOf('[1,"a"]')).toBe(7);
  });

  it('M10: requires the matching bracket at the end of each level', () => {
    const crossed = ['[{]}', '{"a":[}]', '[[1]}', '{"a":{"b":1]}', `${'['.repeat(64)}${']'.repeat(63)}}`];
    for (const text of crossed) expect(endOf(text), text).toBe(INVALID);
  });
});

describe('words', () => {
  it('M10: finds a character that is not allowed in each byte of a word, after and before any other', () => {
    const around = ['a', ' ', '!', '#', '[', ']', '\u007f', '\u0080', 'ÿ', '😀'];
    for (const stop of ['"', '\\', '\u0000', '\u001f', '\n']) {
      for (const before of around) {
        for (const after of [...around, '\u0001', '"', '\\', '']) {
          for (let length = 0; length < 9; length++) {
            const text = `"${before.repeat(length)}${stop}${after.repeat(5)}`;
            const expected = stop === '"' ? Buffer.byteLength(before.repeat(length)) + 2 : INVALID;
            if (stop !== '\\') expect(scan(text).skipString(0), JSON.stringify(text)).toBe(expected);
            else expect(scan(text).skipString(0) === INVALID, JSON.stringify(text)).toBe(!/^"(?:[^"\\]|\\["\\])*"/.test(text));
          }
        }
      }
    }
  });

  it('M2: reads strings of every length at every offset', () => {
    for (let length = 0; length < 70; length++) {
      for (let place = 0; place < 8; place++) {
        const text = 'abcdefghij'.repeat(7).slice(0, length);
        const frame = `${' '.repeat(place)}"${text}"`;
        for (let again = 0; again < 2; again++) expect(scan(frame).readString(place, frame.length)).toBe(text);
      }
    }
  });

  it('M3: finds a whole word, plain or escaped', () => {
    const words = ['type', 'dst'];
    const found = (text: string): number => scan(text).indexOfWord(0, text.length, words);
    expect(['"type"', '"dst"', '"\\u0064st"', '"t\\u0079pe"'].map(found)).toEqual([0, 1, 1, 0]);
    expect(['"typ"', '"types"', '"tYpe"', '"\\u0044st"', '7', '""', '[dst]', `"${'\\u0064'.repeat(99)}"`].map(found)).toEqual(
      Array.from({ length: 8 }, () => -1),
    );
  });
});

describe('whitespace, colons and ends', () => {
  it('M1: skips four whitespace characters', () => {
    expect(scan(' \n\r\tx').skipWhitespace(0)).toBe(4);
    expect(scan('  ').skipWhitespace(0)).toBe(2);
    expect(scan('\u000b').skipWhitespace(0)).toBe(0);
  });

  it('M1: skips a colon and the whitespace after it', () => {
    expect(scan(' \n: 1').skipColon(0)).toBe(4);
    expect(scan('1').skipColon(0)).toBe(INVALID);
    expect(scan('').skipColon(0)).toBe(INVALID);
  });

  it('M3: does not end a string at an escaped quote', () => {
    expect(scan('"a\\"b":1').skipString(0)).toBe(6);
    expect(scan('x"a"').skipString(1)).toBe(4);
  });

  it('M10: reads no bytes of the previous text after the end', () => {
    const rest = ['', '"', '"a', '"\\', '"\\u', '"\\u12', '[', '{', '{"a"', '{"a":', '1.', '1e', '-', 'tr', '[1,'];
    for (const text of rest) {
      scan(`${text.padEnd(3, '0')}${'00",0]}'.repeat(9)}`);
      scan('"\\u1234":1,true]}'.repeat(9));
      expect(scan(text).skipValue(0), text).toBe(INVALID);
    }
  });

  it('M18: grows its buffer for the longest text', () => {
    for (const length of [10, 16_381, 16_382, 16_383, 16_384, 100_000, 5]) {
      expect(endOf(`"${'a'.repeat(length)}"`)).toBe(length + 2);
      expect(endOf(`"${'a'.repeat(length)}`)).toBe(INVALID);
    }
  });
});
