import { isUtf8 } from 'node:buffer';
import { FAULTS, type Fault } from './codes.ts';

/** NA11, NA12: the first line of a verb that has no payload, or the head of one that has. */
export type Line =
  | { readonly verb: 'ping' }
  /** NA6, and lines without effect. */
  | { readonly verb: 'pong' }
  | { readonly verb: 'connect'; readonly json: string }
  /** `subject` is undefined if it is no UTF-8. A sid and a queue are Latin-1: each character is one byte of the client. */
  | {
      readonly verb: 'sub';
      readonly subject: string | undefined;
      readonly queue: string | undefined;
      readonly sid: string;
    }
  /** @param max 0 for at once. */
  | { readonly verb: 'unsub'; readonly sid: string; readonly max: number }
  | PublishHead
  | { readonly verb: 'fault'; readonly fault: Fault };

/** NA12. */
export interface PublishHead {
  readonly verb: 'pub';
  readonly subject: string | undefined;
  /** Latin-1. */
  readonly reply: string | undefined;
  /** Bytes of the headers; undefined for PUB. */
  readonly headerBytes: number | undefined;
  /** Bytes of headers and payload together. */
  readonly totalBytes: number;
}

const VERB = /^(ping|pong|connect|hpub|pub|sub|unsub|info|\+ok|-err)(.*)$/is;
/** NA1. */
const BLANKS = /[ \t\r]+/;
const SIZE = /^\d{1,9}$/;

const BAD_ARGUMENTS: Line = { verb: 'fault', fault: FAULTS.badArguments };
const UNKNOWN: Line = { verb: 'fault', fault: FAULTS.unknownVerb };
const PING: Line = { verb: 'ping' };
const PONG: Line = { verb: 'pong' };

/** NA1, NA8: reads one line. @param bytes without the line feed. */
export function readLine(bytes: Uint8Array): Line {
  const text = latin1(bytes);
  const [, name = '', rest = ''] = VERB.exec(text) ?? [];
  const verb = name.toLowerCase();
  // As in nats-server, the rest of the line is ignored.
  if (verb === 'ping') return PING;
  if (verb === 'pong' || verb === '+ok') return PONG;
  if (verb === '-err') return BAD_ARGUMENTS;
  if (verb === 'connect') return { verb, json: Buffer.from(rest, 'latin1').toString().trim() };
  if (!rest.startsWith(' ') && !rest.startsWith('\t')) return UNKNOWN;
  const words = rest.split(BLANKS).filter((word) => word !== '');
  switch (verb) {
    case 'info':
      return PONG;
    case 'sub':
      return readSub(words);
    case 'unsub':
      return readUnsub(words);
    case 'pub':
    case 'hpub':
      return readPub(words, verb === 'hpub');
    default:
      return UNKNOWN;
  }
}

/** NA11. */
function readSub(words: readonly string[]): Line {
  const [subject = ''] = words;
  if (words.length !== 2 && words.length !== 3) return BAD_ARGUMENTS;
  const queue = words.length === 3 ? words[1] : undefined;
  return { verb: 'sub', subject: utf8(subject), queue, sid: words.at(-1) ?? '' };
}

/** NA11. A maximum that is no number is none. */
function readUnsub(words: readonly string[]): Line {
  const [sid = '', max = '0'] = words;
  if (words.length !== 1 && words.length !== 2) return BAD_ARGUMENTS;
  return { verb: 'unsub', sid, max: SIZE.test(max) ? Number(max) : 0 };
}

/** NA12. */
function readPub(words: readonly string[], hasHeaders: boolean): Line {
  const sizes = hasHeaders ? 2 : 1;
  if (words.length !== sizes + 1 && words.length !== sizes + 2) return BAD_ARGUMENTS;
  const numbers = words.slice(-sizes);
  if (!numbers.every((word) => SIZE.test(word))) return BAD_ARGUMENTS;
  const totalBytes = Number(numbers.at(-1));
  const headerBytes = hasHeaders ? Number(numbers[0]) : undefined;
  if (headerBytes !== undefined && headerBytes > totalBytes) return BAD_ARGUMENTS;
  const reply = words.length === sizes + 2 ? words[1] : undefined;
  return { verb: 'pub', subject: utf8(words[0] ?? ''), reply, headerBytes, totalBytes };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

const NOT_ASCII = /[^\u0000-\u007f]/;

/** The text of UTF-8 bytes that were read as Latin-1. Undefined if they are no UTF-8. */
function utf8(text: string): string | undefined {
  if (!NOT_ASCII.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
