import { describe, expect, it } from 'vitest';
import { hasHidden, visible, visibleLines } from '../../../src/domain/visible-text.ts';

const HIDDEN = [
  '\0',
  '\u0007',
  '\n',
  '\r',
  '\u001B',
  '\u007F',
  '\u0085',
  '\u009B',
  '\u2028',
  '\u2029',
  '\u202E',
  '\u2066',
  '\u200F',
];

describe('a visible text', () => {
  it.each(HIDDEN.map((character) => [JSON.stringify(character), character]))('has an escape for %s', (_, character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    expect([hasHidden(`a${character}b`), visible(`a${character}b`)]).toEqual([true, `a\\u${code}b`]);
  });

  it.each(['ann bob', 'ä 日本 🦊', '"\\\'<>', ''])('is %j unchanged', (text) => {
    expect([hasHidden(text), visible(text)]).toEqual([false, text]);
  });

  it('may have another sign for each character', () => expect(visible('a\u001B[2J\n', () => '?')).toBe('a?[2J?'));

  it('of several lines keeps them, and JSON keeps its value', () => {
    const value = { text: `${HIDDEN.join('')}ä` };
    const json = visibleLines(JSON.stringify(value, undefined, 2));
    expect([JSON.parse(json), json.split('\n').length, json.split('\n').some(hasHidden)]).toEqual([value, 3, false]);
  });
});
