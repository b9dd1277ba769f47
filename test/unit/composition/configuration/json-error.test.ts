import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonError, repeatedNames } from '../../../../src/composition/configuration/json-error.ts';

it.each([
  ['{port: 1}', 1, 2, 'name or }'],
  ['{\n  "port": 9000\n  "host": "::"\n}', 3, 3, ', or }'],
  ['{"port": 9000,}', 1, 15, 'name'],
  ["{'port': 1}", 1, 2, 'name or }'],
  ['{"a" 1}', 1, 6, ':'],
  ['{"a": sesame}', 1, 7, 'value'],
  ['[1 2]', 1, 4, ', or ]'],
  ['[1,]', 1, 4, 'value'],
  ['{"a": "unclosed', 1, 7, 'value'],
  ['{} x', 1, 4, 'end'],
  ['', 1, 1, 'value'],
  ['// comment', 1, 1, 'value'],
])('%j: line %i, column %i, expected %s', (text, line, column, expected) => {
  expect(jsonError(text)).toEqual({ line, column, expected });
});

it.each([
  ['{"a": 1, "b": 2}', []],
  ['{"a": 1,\n "a": 2}', [{ name: 'a', line: 2, column: 2, firstLine: 1 }]],
  ['{"a": 1,\n "\\u0061": 2,\n"a": 3}', ['2:2', '3:1']],
  ['{"a": {"a": 1}, "b": {"a": 1}}', []],
  ['[{"a": 1}, {"a": 1}]', []],
  ['{"b": [{"a": 1, "a": 2}]}', ['1:17']],
  ['{"__proto__": 1, "__proto__": 2}', ['1:18']],
  ['"a"', []],
])('%j has the repeated names %j', (text, expected) => {
  const found = repeatedNames(text);
  expect(expected.some((one) => typeof one === 'string') ? found.map((one) => `${one.line}:${one.column}`) : found).toEqual(
    expected,
  );
});

it('accepts valid JSON of any depth', () => {
  fc.assert(fc.property(fc.json(), (text) => jsonError(text) === undefined));
  expect(jsonError(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeUndefined();
  expect(jsonError(' {"a": [true, null, -1.5e+3, {}], "b": "\\u00e9\\n"}\r\n')).toBeUndefined();
});

it('agrees with JSON.parse on almost valid JSON', () => {
  const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', 'true', ' ', '"', '\\', '0', '.'));
  fc.assert(fc.property(pieces, (parts) => (jsonError(parts.join('')) === undefined) === isJson(parts.join(''))));
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
