import { isUtf8 } from 'node:buffer';
import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import { BROKEN, skipColon, skipSpace, skipString, skipValue } from './json-scan.ts';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const STAY: FrameRequest = { ask: 'stay' };
const LEAVE: FrameRequest = { ask: 'leave' };
const NOT_RELAYED: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

/** Relayed types, by the name that they have on the wire. */
const KINDS: ReadonlyMap<string, MessageKind> = new Map([
  ['OFFER', 'offer'],
  ['ANSWER', 'answer'],
  ['CANDIDATE', 'candidate'],
  ['LEAVE', 'leave'],
  ['EXPIRE', 'expire'],
]);

/** A value that stands where it should be text, and is none. */
const NO_TEXT = Symbol('no text');

/** What one pass over a frame found; of a key that is repeated, the last (M3). */
interface Found {
  type: string | typeof NO_TEXT | undefined;
  dst: string | typeof NO_TEXT | undefined;
  payload: Payload | undefined;
}

/** M1 to M12: reads one frame in one pass. The payload is found, not read, but all of it is checked. */
export function decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
  if (isBinary && !isUtf8(bytes)) return UNREADABLE;
  const found = scan(bytes);
  if (found === undefined) return UNREADABLE;
  return typeof found.type === 'string' ? requestOf(found.type, found) : NOT_RELAYED;
}

function requestOf(type: string, { dst, payload }: Found): FrameRequest {
  if (type === 'HEARTBEAT') return STAY;
  const kind = KINDS.get(type);
  if (kind === undefined) return NOT_RELAYED;
  if (dst === NO_TEXT) return NOT_TEXT;
  if (kind === 'leave' && !dst) return LEAVE;
  return { ask: 'relay', kind, to: dst, payload };
}

/** @returns undefined where the frame is not exactly one JSON object. */
function scan(bytes: Uint8Array): Found | undefined {
  const found: Found = { type: undefined, dst: undefined, payload: undefined };
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== 0x7b) return undefined;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x7d) return skipSpace(bytes, at + 1) === bytes.length ? found : undefined;

  for (;;) {
    const keyEnd = skipString(bytes, at);
    if (keyEnd === BROKEN) return undefined;
    const value = skipColon(bytes, keyEnd);
    if (value === BROKEN) return undefined;
    const end = skipValue(bytes, value);
    if (end === BROKEN) return undefined;
    note(found, bytes, at, keyEnd, value, end);

    at = skipSpace(bytes, end);
    if (bytes[at] === 0x7d) return skipSpace(bytes, at + 1) === bytes.length ? found : undefined;
    if (bytes[at] !== 0x2c) return undefined;
    at = skipSpace(bytes, at + 1);
  }
}

// With its quotes. A longer key is none of ours, even if all of it is escaped: six bytes a letter.
const LONGEST_KEY = 2 + 6 * 'payload'.length;

function note(found: Found, bytes: Uint8Array, key: number, keyEnd: number, value: number, end: number): void {
  if (keyEnd - key > LONGEST_KEY) return;
  switch (textAt(bytes, key, keyEnd)) {
    case 'type':
      found.type = valueAt(bytes, value, end) ?? NO_TEXT;
      return;
    case 'dst':
      found.dst = valueAt(bytes, value, end);
      return;
    case 'payload':
      found.payload = bytes.subarray(value, end);
      return;
  }
}

/** M11, M12: text; undefined for `null`, which is as good as absent; NO_TEXT for anything else. */
function valueAt(bytes: Uint8Array, start: number, end: number): string | typeof NO_TEXT | undefined {
  if (bytes[start] === 0x22) return textAt(bytes, start, end);
  return bytes[start] === 0x6e ? undefined : NO_TEXT;
}

/** The text of a string whose quotes stand at `start` and before `end`. */
function textAt(bytes: Uint8Array, start: number, end: number): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  if (view.includes(0x5c)) return JSON.parse(view.toString('utf8')) as string;
  return view.toString('utf8', 1, view.length - 1);
}
