import { isDeepStrictEqual } from 'node:util';
import { Failed } from './outcomes.ts';

/** @throws Failed */
export function assertThat(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Failed(why);
}

/** Compares deeply. @throws Failed */
export function assertEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Failed(`${what}: expected ${formatValue(expected)}, got ${formatValue(actual)}`);
  }
}

/** Compares only the given members. @throws Failed */
export function assertMembers(what: string, actual: unknown, members: Readonly<Record<string, unknown>>): void {
  const found = Object.fromEntries(Object.keys(members).map((name) => [name, memberOf(actual, name)]));
  if (!isDeepStrictEqual(found, members)) {
    throw new Failed(`${what}: expected ${formatValue(members)}, got ${formatValue(actual)}`);
  }
}

/** @throws Failed */
export function assertMatch(what: string, actual: string | undefined, pattern: RegExp): void {
  assertThat(pattern.test(actual ?? ''), `${what}: expected a match for ${String(pattern)}, got ${formatValue(actual)}`);
}

/** The value as JSON, truncated, for failure messages. */
export function formatValue(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}… (${text.length} characters)` : text;
}

const MAX_CHARACTERS = 200;

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
