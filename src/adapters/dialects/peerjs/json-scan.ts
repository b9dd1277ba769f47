/*
 * Strict JSON (RFC 8259) over bytes, without building anything: where does a value end, and is all
 * of it well-formed? Every function gives the place behind what it read, or BROKEN. None recurses,
 * so no depth of nesting can exhaust the stack.
 */

export const BROKEN = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;

/** 0: stands for itself in a string. 1: ends it, escapes, or is forbidden there. */
const STOPS_STRING = new Uint8Array(256);
STOPS_STRING.fill(1, 0, 0x20);
STOPS_STRING[QUOTE] = 1;
STOPS_STRING[BACKSLASH] = 1;

/** 1: may follow a backslash by itself. */
const SHORT_ESCAPE = table('"\\/bfnrt');
const HEX = table('0123456789abcdefABCDEF');
const LETTER_U = 0x75;

export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
  }
  return at;
}

/** @param start the place of the opening quote. */
export function skipString(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== QUOTE) return BROKEN;
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (STOPS_STRING[byte] === 0) {
      at++;
      continue;
    }
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return BROKEN;
    at = skipEscape(bytes, at + 1);
    if (at === BROKEN) return BROKEN;
  }
  return BROKEN;
}

/** Any value, however deep. @param start the place of its first byte. */
export function skipValue(bytes: Uint8Array, start: number): number {
  let at = start;
  let depth = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      const inside = skipSpace(bytes, at + 1);
      const isObject = byte === OPEN_OBJECT;
      if (bytes[inside] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        enter(depth++, isObject);
        at = isObject ? skipKey(bytes, inside) : inside;
        if (at === BROKEN) return BROKEN;
        continue;
      }
      at = inside + 1;
    } else {
      at = skipScalar(bytes, at);
      if (at === BROKEN) return BROKEN;
    }
    // A value ended: so do all containers that close behind it.
    for (;;) {
      if (depth === 0) return at;
      const isObject = inObject[depth - 1] === 1;
      at = skipSpace(bytes, at);
      const next = bytes[at];
      if (next === COMMA) {
        at = skipSpace(bytes, at + 1);
        if (isObject) at = skipKey(bytes, at);
        if (at === BROKEN) return BROKEN;
        break;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return BROKEN;
      depth--;
      at++;
    }
  }
}

/** A key, its colon and the space around. @returns the place of the value's first byte. */
export function skipKey(bytes: Uint8Array, start: number): number {
  const end = skipString(bytes, start);
  if (end === BROKEN) return BROKEN;
  return skipColon(bytes, end);
}

export function skipColon(bytes: Uint8Array, start: number): number {
  const colon = skipSpace(bytes, start);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : BROKEN;
}

/** Which of the open containers are objects; it grows with the deepest message seen, a byte a level. */
let inObject = new Uint8Array(64);

function enter(depth: number, isObject: boolean): void {
  if (depth === inObject.length) {
    const grown = new Uint8Array(inObject.length * 2);
    grown.set(inObject);
    inObject = grown;
  }
  inObject[depth] = isObject ? 1 : 0;
}

function skipScalar(bytes: Uint8Array, start: number): number {
  switch (bytes[start]) {
    case QUOTE:
      return skipString(bytes, start);
    case 0x74:
      return skipWord(bytes, start, 'true');
    case 0x66:
      return skipWord(bytes, start, 'false');
    case 0x6e:
      return skipWord(bytes, start, 'null');
    case undefined:
      return BROKEN;
    default:
      return skipNumber(bytes, start);
  }
}

function skipWord(bytes: Uint8Array, start: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return BROKEN;
  return start + word.length;
}

function skipNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at);
  if (at !== BROKEN && bytes[at] === DOT) at = skipDigits(bytes, at + 1);
  if (at === BROKEN || !isExponentMark(bytes[at])) return at;
  const sign = bytes[at + 1];
  return skipDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

/** At least one digit. */
function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at++;
  return at === start ? BROKEN : at;
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (SHORT_ESCAPE[byte] === 1) return at + 1;
  if (byte !== LETTER_U) return BROKEN;
  for (let i = 1; i <= 4; i++) if (HEX[bytes[at + i] ?? 0] !== 1) return BROKEN;
  return at + 5;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function isExponentMark(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}

function table(characters: string): Uint8Array {
  const marks = new Uint8Array(256);
  for (const character of characters) marks[character.charCodeAt(0)] = 1;
  return marks;
}
