import { expect, it } from 'vitest';
import { almostJson } from '../../../../conformance/client/almost-json.ts';

const FRAMES = Object.entries(almostJson('{"sdp":1}'));

it.each(FRAMES)('M10: %s is not a JSON object', (_, text) => {
  const parse = (): unknown => JSON.parse(text);
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  let value: unknown;
  try {
    value = parse();
  } catch {
    value = undefined;
  }
  expect(isObject(value)).toBe(false);
  expect(text).toContain('{dst}');
});
