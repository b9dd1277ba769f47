import { expect, it } from 'vitest';
import { endOfWord } from '../../../../../src/adapters/dialects/shared/json-words.ts';

const matches = (text: string, word: string): boolean => endOfWord(Buffer.from(text), 0, word) === text.length - 1;

it('M3: matches a word with any of its letters escaped', () => {
  const spellings = ['"type"', '"\\u0074ype"', '"t\\u0079pe"', '"typ\\u0065"', '"\\u0074\\u0079\\u0070\\u0065"'];
  expect(spellings.map((text) => matches(text, 'type'))).toEqual(spellings.map(() => true));
  expect(matches('"\\u004F\\u004f"', 'OO')).toBe(true);
});

it('M3: does not match any other string', () => {
  const others = ['""', '"t"', '"typ"', '"types"', '"\\n"', '"\\type"', '"\\u0054ype"', '"type\\u0000"', '"\\u0174ype"'];
  expect(others.map((text) => matches(text, 'type'))).toEqual(others.map(() => false));
});
