import { readByteList, skipBlanks } from './byte-list.ts';

/** The request in an event. */
export type EventRequest =
  | { readonly verb: 'subscribe' | 'unsubscribe'; readonly namespace: string }
  | { readonly verb: 'publish'; readonly namespace: string; readonly data: Uint8Array };

/** A decoded event. */
export interface EventRead {
  /** The prefix of this client's event names. */
  readonly prefix: string;
  readonly request: EventRequest;
}

/** SIO3: older clients use `dispatch`. */
const VERBS: Readonly<Record<string, EventRequest['verb']>> = {
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  publish: 'publish',
  dispatch: 'publish',
};

const PLACEHOLDER = /\{\s*"_placeholder"\s*:\s*true\s*,\s*"num"\s*:\s*(?<num>\d{1,2})\s*\}/y;

/** A longer name is not an event of this protocol, and is not decoded. */
const MAX_NAME_LENGTH = 128;

/**
 * SIO1 to SIO4: parses the JSON list of an event in one pass. Only the used parts are decoded, because a general parser would
 * build everything that a client sends. Never throws.
 * @param start the position of its `[`.
 * @param prefixes the longest first.
 */
export function readEvent(
  text: string,
  start: number,
  prefixes: readonly string[],
  attachments: readonly Uint8Array[] = [],
): EventRead | 'unknown' | 'malformed' {
  const open = skipBlanks(text, start);
  if (text[open] !== '[') return 'malformed';
  const named = token(text, open + 1);
  if (named === undefined || named.end - named.start > MAX_NAME_LENGTH) return 'unknown';
  const name = stringIn(text, named);
  for (const prefix of prefixes) {
    const word = name?.startsWith(prefix) === true ? name.slice(prefix.length) : '';
    if (!Object.hasOwn(VERBS, word)) continue;
    const request = requestIn(VERBS[word] as EventRequest['verb'], text, named.end, attachments);
    return request === undefined ? 'malformed' : { prefix, request };
  }
  return 'unknown';
}

function requestIn(
  verb: EventRequest['verb'],
  text: string,
  at: number,
  attachments: readonly Uint8Array[],
): EventRequest | undefined {
  const place = nextValue(text, at);
  const found = place === undefined ? undefined : token(text, place);
  const namespace = found === undefined ? undefined : stringIn(text, found);
  if (found === undefined || namespace === undefined) return undefined;
  if (verb !== 'publish') return endsOrGoesOn(text, found.end) ? { verb, namespace } : undefined;
  const value = nextValue(text, found.end);
  const data = value === undefined ? undefined : dataAt(text, value, attachments);
  return data === undefined ? undefined : { verb, namespace, data };
}

/** SIO3: a list of byte numbers, or an attachment. */
function dataAt(text: string, at: number, attachments: readonly Uint8Array[]): Uint8Array | undefined {
  if (text[at] === '[') {
    const list = readByteList(text, at);
    return list !== undefined && endsOrGoesOn(text, list.end) ? list.bytes : undefined;
  }
  PLACEHOLDER.lastIndex = at;
  const num = PLACEHOLDER.exec(text)?.groups?.['num'];
  return num === undefined || !endsOrGoesOn(text, PLACEHOLDER.lastIndex) ? undefined : attachments[Number(num)];
}

/** @returns the position of the next value of a list; undefined if there is none. */
function nextValue(text: string, at: number): number | undefined {
  const comma = skipBlanks(text, at);
  return text[comma] === ',' ? skipBlanks(text, comma + 1) : undefined;
}

function endsOrGoesOn(text: string, at: number): boolean {
  const next = text[skipBlanks(text, at)];
  return next === ',' || next === ']';
}

interface Token {
  readonly start: number;
  readonly end: number;
}

/** The position of the JSON string that begins at `at`, after whitespace. Undefined if there is none. */
function token(text: string, at: number): Token | undefined {
  const start = skipBlanks(text, at);
  if (text[start] !== '"') return undefined;
  for (let end = start + 1; end < text.length; end++) {
    const char = text[end];
    if (char === '"') return { start, end: end + 1 };
    if (char === '\\') end++;
  }
  return undefined;
}

/** Undefined for an escape or a character that JSON does not allow. */
function stringIn(text: string, { start, end }: Token): string | undefined {
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return undefined;
  }
}
