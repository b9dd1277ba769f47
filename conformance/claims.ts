import { isDeepStrictEqual } from 'node:util';
import { Failed } from './outcomes.ts';

/** @throws Failed */
export function holds(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Failed(why);
}

/** The same, member by member. @throws Failed */
export function equals(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Failed(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
}

/** At least these members, with these values. @throws Failed */
export function has(what: string, actual: unknown, members: Readonly<Record<string, unknown>>): void {
  const found = Object.fromEntries(Object.keys(members).map((name) => [name, memberOf(actual, name)]));
  if (!isDeepStrictEqual(found, members)) throw new Failed(`${what}: expected ${shown(members)}, got ${shown(actual)}`);
}

/** @throws Failed */
export function matches(what: string, actual: string | undefined, pattern: RegExp): void {
  holds(pattern.test(actual ?? ''), `${what}: expected it to match ${String(pattern)}, got ${shown(actual)}`);
}

/** A value as a failure names it: JSON where it has one, cut where it is long. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

const LONGEST = 200;

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
