import { describe, expect, it } from 'vitest';
import { JsonMembers, NOT_A_STRING } from '../../../../../src/adapters/dialects/shared/json-members.ts';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';

const A = 0;
const B = 1;
const members = new JsonMembers(['a', 'b'], new TextCache());

function read(text: string): JsonMembers {
  expect(members.read(Buffer.from(text), false)).toBe(true);
  return members;
}

function rawOf(member: number, text: string): string | undefined {
  const raw = read(text).raw(member, Buffer.from(text));
  return raw === undefined ? undefined : Buffer.from(raw).toString();
}

describe('M10: JsonMembers.read', () => {
  it.each(['{}', ' { } ', '{"a":1}', '{"__proto__":1}', ' {"a":[{"b":2}]}\n'])('accepts %j as a JSON object', (text) => {
    for (const isBinary of [false, true]) expect(members.read(Buffer.from(text), isBinary)).toBe(true);
  });

  it.each(['', '{', '[]', 'null', '5', '"x"', '{"a":1}}', '{"a":1}{}', '{"a":1,}', '{a:1}', '{"a" 1}', "{'a':1}"])(
    'rejects %j, which is not exactly one JSON object',
    (text) => expect(members.read(Buffer.from(text), false)).toBe(false),
  );

  it('rejects a binary frame that is not UTF-8', () => {
    expect(members.read(Buffer.concat([Buffer.from('{"'), Buffer.of(0xff), Buffer.from('":1}')]), true)).toBe(false);
  });
});

describe('members', () => {
  it('M2: returns a value byte for byte', () => {
    expect(rawOf(A, '{"a": [1.10, 1e400 ] ,"b":2}')).toBe('[1.10, 1e400 ]');
    expect(rawOf(B, '{"a":1}')).toBeUndefined();
  });

  it('M3: uses the last of repeated names, also if one is escaped', () => {
    expect(rawOf(A, '{"a":1,"\\u0061":2}')).toBe('2');
  });

  it('keeps no state of the previous frame', () => {
    read('{"a":1,"b":2,"c":3}');
    expect([
      read('{}').has(A),
      members.unknownCount,
      members.string(B),
      members.wordIndex(B, ['x']),
      members.strings(B, 9),
    ]).toEqual([...[false, 0, undefined, -1, undefined]]);
  });

  it('distinguishes strings, other values and null', () => {
    const texts = ['"x"', '"\\u0078"', '5', 'null', '["x"]'].map((value) => read(`{"a":${value}}`).string(A));
    expect(texts).toEqual(['x', 'x', NOT_A_STRING, NOT_A_STRING, NOT_A_STRING]);
    expect(['"null"', 'null', '0'].map((value) => read(`{"a":${value}}`).isNull(A))).toEqual([false, true, false]);
    expect(read('{}').isNull(A)).toBe(false);
  });

  it('finds a value in a list of words, escaped or not', () => {
    expect(['"one"', '"tw\\u006f"', '"three"', '1'].map((value) => read(`{"a":${value}}`).wordIndex(A, ['one', 'two']))).toEqual([
      ...[0, 1, -1, -1],
    ]);
  });

  it('counts members with other names', () => {
    expect(['{}', '{"a":1}', '{"a":1,"c":1,"c":2,"":3}'].map((text) => read(text).unknownCount)).toEqual([0, 0, 3]);
  });
});

describe('lists of strings', () => {
  it.each([
    ['[]', []],
    ['[ ]', []],
    ['["x"]', ['x']],
    [' [ "x" , 1 , ["y"] , null , {"z":"z"} , "" ] ', ['x', '']],
    ['"x"', undefined],
    ['{"0":"x"}', undefined],
  ])('%s', (value, texts) => expect(read(`{"a":${value}}`).strings(A, 9)).toEqual(texts));
});
