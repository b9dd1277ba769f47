import { describe, expect, it } from 'vitest';
import * as scan from '../../../../../src/adapters/dialects/peerjs/json-scan.ts';

const { BROKEN } = scan;

const NUMBERS = [
  ...['0', '-0', '7', '10', '-12', '0.0', '1.5', '-0.125', '1e5', '1E5', '1e+5', '1e-5', '0e0', '1.5e10'],
  ...['9'.repeat(400), `1e-${'9'.repeat(400)}`],
];
const NO_NUMBERS = ['', '-', '+1', '.5', '1.', '1.e5', '1e', '1e+', '-.5', '1.5e', '- 1', 'Infinity', '-Infinity', 'NaN'];
const STRINGS = [
  ...['""', '"a"', '"\\""', '"\\\\"', '"\\/\\b\\f\\n\\r\\t"', '"//"', '"]}"'],
  ...['"\\u0000\\uFFFF\\uabCD"', '"\\ud800"', '"\u2028😀\u007f"'],
];
const NO_STRINGS = [
  ...['"', '"a', '"\\"', '"\\', '"\\x"', '"\\u"', '"\\u12"', '"\\u12G4"', '"\\u123'],
  ...['"\n"', '"\u0000"', '"\u001f"', "'a'", 'a'],
];
const OTHERS = [
  ...['null', 'true', 'false', '[]', '{}', '[ ]', '{ }', '[\n]', '{"":0}', '{"a":1,"a":2}'],
  ...['[1,[2,{"a":[]}],3]', '{"a":{"b":{}},"c":[{}]}'],
];
const BROKEN_ONES = [
  ...['nul', 'nulL', 'True', 'tru', 'fals', 'undefined', ',', ':', ']', '}'],
  ...['[', '[1', '[1,', '[1,]', '[,1]', '[1 2]', '[1}', '[[]', '[1,,2]'],
  ...['{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{"a" 1}', '{a:1}', '{"a":1]'],
  ...['{"a":1 "b":2}', '{"a"}', '{1:2}', '{"a":}', '{"a"::1}'],
];

/** Where the value that begins with `text` ends. */
function endOf(text: string): number {
  return scan.skipValue(Buffer.from(text), 0);
}

describe('values (M10: well-formed means the same as to JSON.parse)', () => {
  it.each([...NUMBERS, ...STRINGS, ...OTHERS])('M2: %j ends where it ends', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    for (const behind of ['', ',', '}', ']', ' ', '"']) expect(endOf(`${text}${behind}`)).toBe(Buffer.byteLength(text));
  });

  it.each([...NO_NUMBERS, ...NO_STRINGS, ...BROKEN_ONES])('M10: %j is broken', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(endOf(text)).toBe(BROKEN);
    expect(endOf(`[0,${text}`)).toBe(BROKEN);
    expect(endOf(`{"a":${text}`)).toBe(BROKEN);
  });

  it('M10: a number ends where no digit follows; who reads on sees what stands there', () => {
    expect(endOf('01')).toBe(1);
    expect(endOf('1.5.5')).toBe(3);
    expect(endOf('[01]')).toBe(BROKEN);
    expect(endOf('[1-1]')).toBe(BROKEN);
  });

  it('M10: no control character stands for itself in a string, every other byte does', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      const isFine = code >= 0x20 && character !== '"' && character !== '\\';
      expect(endOf(`"${character}"`) === 3, `${code}`).toBe(isFine);
    }
  });

  it('M10: eight characters may be escaped by themselves', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      expect(endOf(`"\\${character}"`) === 4, `${code}`).toBe('"\\/bfnrt'.includes(character));
    }
  });
});

describe('depth', () => {
  it('M2: 100,000 levels cost no stack, closed or not', () => {
    const mixed = '[{"a":'.repeat(50_000);
    const closed = `${mixed}0${'}]'.repeat(50_000)}`;
    expect(endOf(closed)).toBe(closed.length);
    expect(endOf(mixed)).toBe(BROKEN);
    expect(endOf('['.repeat(100_000))).toBe(BROKEN);
  });

  it('M10: what was deep before does not matter to what comes after', () => {
    endOf('['.repeat(1_000));
    expect(endOf('{"a":1]')).toBe(BROKEN);
    endOf('{"a":'.repeat(1_000));
    expect(endOf('[1}')).toBe(BROKEN);
    expect(endOf('[1,"a"]')).toBe(7);
  });

  it('M10: each level closes with its own bracket', () => {
    const crossed = ['[{]}', '{"a":[}]', '[[1]}', '{"a":{"b":1]}', `${'['.repeat(64)}${']'.repeat(63)}}`];
    for (const text of crossed) expect(endOf(text), text).toBe(BROKEN);
  });
});

describe('the parts between', () => {
  type Skip = (bytes: Uint8Array, start: number) => number;
  const at = (skip: Skip, text: string, start = 0): number => skip(Buffer.from(text), start);

  it('M1: four characters are space', () => {
    expect(at(scan.skipSpace, ' \n\r\tx')).toBe(4);
    expect(at(scan.skipSpace, '  ')).toBe(2);
    expect(at(scan.skipSpace, '\u000b')).toBe(0);
    expect(at(scan.skipSpace, '', 5)).toBe(5);
  });

  it('M1: a key ends behind its colon and the space there', () => {
    expect(at(scan.skipKey, '"a" : 1')).toBe(6);
    expect(at(scan.skipKey, '"a"1')).toBe(BROKEN);
    expect(at(scan.skipKey, 'a:1')).toBe(BROKEN);
    expect(at(scan.skipColon, ' \n: 1')).toBe(4);
    expect(at(scan.skipColon, '')).toBe(BROKEN);
  });

  it('M3: an escaped quote ends no key', () => {
    expect(at(scan.skipString, '"a\\"b":1')).toBe(6);
    expect(at(scan.skipString, 'x"a"', 1)).toBe(4);
  });

  it('M10: nothing is read beyond the end', () => {
    for (const start of [0, 1, 5]) {
      expect(at(scan.skipString, '', start)).toBe(BROKEN);
      expect(at(scan.skipValue, '', start)).toBe(BROKEN);
      expect(at(scan.skipKey, '', start)).toBe(BROKEN);
    }
  });
});
