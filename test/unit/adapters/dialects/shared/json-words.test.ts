import { expect, it } from 'vitest';
import { endOfWord } from '../../../../../src/adapters/dialects/shared/json-words.ts';

const does = (text: string, word: string): boolean => endOfWord(Buffer.from(text), 0, word) === text.length - 1;

it('M3: a string is a word, however its letters are escaped', () => {
  const spellings = ['"type"', '"\\u0074ype"', '"t\\u0079pe"', '"typ\\u0065"', '"\\u0074\\u0079\\u0070\\u0065"'];
  expect(spellings.map((text) => does(text, 'type'))).toEqual(spellings.map(() => true));
  expect(does('"\\u004F\\u004f"', 'OO')).toBe(true);
});

it('M3: any other string is not the word', () => {
  const others = ['""', '"t"', '"typ"', '"types"', '"\\n"', '"\\type"', '"\\u0054ype"', '"type\\u0000"', '"\\u0174ype"'];
  expect(others.map((text) => does(text, 'type'))).toEqual(others.map(() => false));
});
