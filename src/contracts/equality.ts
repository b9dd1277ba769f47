/* Structural equality, as test runners define it: members that are undefined are equal to absent ones. */

/** An expectation in place of a value. */
export interface ValuePattern {
  readonly isValuePattern: true;
  matches(actual: unknown): boolean;
}

/** @param isPartial whether the actual objects may have more members than the expected ones. */
export function isEqual(actual: unknown, expected: unknown, isPartial = false): boolean {
  if (isValuePattern(expected)) return expected.matches(actual);
  if (Object.is(actual, expected)) return true;
  if (!isObject(actual) || !isObject(expected)) return false;
  if (ArrayBuffer.isView(expected)) return isSameView(actual, expected);
  if (Array.isArray(expected)) return isSameList(actual, expected, isPartial);
  if (expected instanceof Set) return actual instanceof Set && isSameSet(actual, expected);
  if (expected instanceof Map) return actual instanceof Map && isSameSet(new Set(actual), new Set(expected));
  if (expected instanceof Error) return actual instanceof Error && actual.message === expected.message;
  if (Array.isArray(actual) || ArrayBuffer.isView(actual)) return false;
  return hasSameMembers(actual, expected, isPartial);
}

function isValuePattern(value: unknown): value is ValuePattern {
  return isObject(value) && value['isValuePattern'] === true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSameView(actual: object, expected: ArrayBufferView): boolean {
  if (!ArrayBuffer.isView(actual) || actual.byteLength !== expected.byteLength) return false;
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength);
  const bytes = bytesOf(expected);
  return bytesOf(actual).every((byte, index) => byte === bytes[index]);
}

function isSameList(actual: unknown, expected: readonly unknown[], isPartial: boolean): boolean {
  if (!Array.isArray(actual) || actual.length !== expected.length) return false;
  return expected.every((item, index) => isEqual((actual as unknown[])[index], item, isPartial));
}

function isSameSet(actual: ReadonlySet<unknown>, expected: ReadonlySet<unknown>): boolean {
  if (actual.size !== expected.size) return false;
  return [...expected].every((item) => actual.has(item) || [...actual].some((other) => isEqual(other, item)));
}

function hasSameMembers(actual: Record<string, unknown>, expected: Record<string, unknown>, isPartial: boolean): boolean {
  const names = new Set([...Object.keys(expected), ...(isPartial ? [] : Object.keys(actual))]);
  return [...names].every((name) => isEqual(actual[name], expected[name], isPartial));
}
