import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { isEqual, type ValuePattern } from './equality.ts';

/*
 * The assertions of the contract suites. A suite runs with any test runner, so it imports none. A failed assertion throws an
 * AssertionError of Node, which runners show with the difference of both values.
 */

type Check = (...expected: never[]) => void;

/** The checks of a value. A check that does not hold throws. */
interface Checks {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toMatch(pattern: RegExp): void;
  toContain(expected: unknown): void;
  toContainEqual(expected: unknown): void;
  toHaveLength(length: number): void;
  toBeUndefined(): void;
  toBeDefined(): void;
  toBeInstanceOf(Class: abstract new (...parameters: never[]) => unknown): void;
  toBeGreaterThan(limit: number): void;
  toBeGreaterThanOrEqual(limit: number): void;
  toBeLessThan(limit: number): void;
  toBeLessThanOrEqual(limit: number): void;
  /** The value is a function, or an error. @param expected a pattern or a part of the message, or a class. */
  toThrow(expected?: ThrownPattern): void;
}

type ThrownPattern = RegExp | string | (abstract new (...parameters: never[]) => Error);

/** The same checks of the outcome of a promise. */
type LaterChecks = { readonly [Name in keyof Checks]: (...expected: Parameters<Checks[Name]>) => Promise<void> };

interface Assertion extends Checks {
  readonly not: Checks;
  readonly resolves: LaterChecks;
  readonly rejects: LaterChecks;
}

/** How a check decides, and the words between both values in its message. */
interface Rule {
  readonly words: string;
  readonly holds: (actual: unknown, expected: never) => boolean;
}

const RULES: Readonly<Record<keyof Checks, Rule>> = {
  toBe: { words: 'to be', holds: (actual, expected) => Object.is(actual, expected) },
  toEqual: { words: 'to equal', holds: (actual, expected) => isEqual(actual, expected) },
  toMatchObject: { words: 'to have the members of', holds: (actual, expected) => isEqual(actual, expected, true) },
  toMatch: { words: 'to match', holds: (actual, expected: RegExp) => typeof actual === 'string' && expected.test(actual) },
  toContain: {
    words: 'to contain',
    holds: (actual, expected) => contains(actual, (item) => Object.is(item, expected), expected),
  },
  toContainEqual: {
    words: 'to contain',
    holds: (actual, expected) => contains(actual, (item) => isEqual(item, expected), expected),
  },
  toHaveLength: {
    words: 'to have the length',
    holds: (actual, expected) => (actual as { length?: unknown }).length === expected,
  },
  toBeUndefined: { words: 'to be undefined', holds: (actual) => actual === undefined },
  toBeDefined: { words: 'to be defined', holds: (actual) => actual !== undefined },
  toBeInstanceOf: {
    words: 'to be an instance of',
    holds: (actual, expected: new () => unknown) => actual instanceof expected,
  },
  toBeGreaterThan: { words: 'to be greater than', holds: (actual, expected: number) => (actual as number) > expected },
  toBeGreaterThanOrEqual: { words: 'to be at least', holds: (actual, expected: number) => (actual as number) >= expected },
  toBeLessThan: { words: 'to be less than', holds: (actual, expected: number) => (actual as number) < expected },
  toBeLessThanOrEqual: { words: 'to be at most', holds: (actual, expected: number) => (actual as number) <= expected },
  toThrow: { words: 'to throw', holds: throws },
};

const NAMES = Object.keys(RULES) as (keyof Checks)[];

/** @param about names the value in the message of a failure. */
export function expect(actual: unknown, about = ''): Assertion {
  return {
    ...checksOf(actual, about, true),
    not: checksOf(actual, about, false),
    resolves: later(about, async () => actual),
    rejects: later(about, () => reasonOf(actual)),
  };
}

/** Fails a test. */
expect.fail = (message: string): never => {
  throw new AssertionError({ message });
};
/** Any text that matches. */
expect.stringMatching = (pattern: RegExp): ValuePattern =>
  valuePattern((actual) => typeof actual === 'string' && pattern.test(actual));
/** Any text that contains `part`. */
expect.stringContaining = (part: string): ValuePattern =>
  valuePattern((actual) => typeof actual === 'string' && actual.includes(part));
/** Any list that contains all of these, in any order. */
expect.arrayContaining = (items: readonly unknown[]): ValuePattern =>
  valuePattern((actual) => Array.isArray(actual) && items.every((item) => actual.some((other) => isEqual(other, item))));

function valuePattern(matches: (actual: unknown) => boolean): ValuePattern {
  return { isValuePattern: true, matches };
}

function checksOf(actual: unknown, about: string, wanted: boolean): Checks {
  const check =
    (name: keyof Checks): Check =>
    (expected) => {
      const { words, holds } = RULES[name];
      if (holds(actual, expected) === wanted) return;
      const subject = about === '' ? '' : `${about}: `;
      const message = `${subject}expected ${inspect(actual)} ${wanted ? '' : 'not '}${words} ${inspect(expected)}`;
      throw new AssertionError({ message, actual, expected, operator: name, stackStartFn: check });
    };
  return Object.fromEntries(NAMES.map((name) => [name, check(name)])) as unknown as Checks;
}

function later(about: string, outcome: () => Promise<unknown>): LaterChecks {
  const check = (name: keyof Checks) => async (expected: never) => {
    const checks = checksOf(await outcome(), about, true) as unknown as Record<string, Check>;
    checks[name]?.(expected);
  };
  return Object.fromEntries(NAMES.map((name) => [name, check(name)])) as unknown as LaterChecks;
}

async function reasonOf(promise: unknown): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new AssertionError({ message: `expected a rejection, and the promise was resolved with ${inspect(value)}` });
}

function contains(actual: unknown, isWanted: (item: unknown) => boolean, expected: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(expected));
  return [...(actual as Iterable<unknown>)].some(isWanted);
}

function throws(actual: unknown, expected: ThrownPattern | undefined): boolean {
  if (typeof actual !== 'function') return actual instanceof Error && isAbout(actual, expected);
  try {
    (actual as () => unknown)();
  } catch (error) {
    return isAbout(error, expected);
  }
  return false;
}

function isAbout(error: unknown, expected: ThrownPattern | undefined): boolean {
  const message = error instanceof Error ? error.message : String(error);
  if (expected === undefined) return true;
  if (typeof expected === 'function') return error instanceof expected;
  return typeof expected === 'string' ? message.includes(expected) : expected.test(message);
}
