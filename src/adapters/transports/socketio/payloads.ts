import type { Protocol } from './handshake.ts';

/** One Engine.IO packet: text, or the bytes of a binary packet. */
export type EnginePacket = string | Uint8Array;

const SEPARATOR = '\x1e';
const BASE64_MARK: Readonly<Record<Protocol, string>> = { 3: 'b4', 4: 'b' };
const MAX_LENGTH_DIGITS = 9;

/** In a binary payload of version 3: the byte between a length and its packet. */
const LENGTH_END = 0xff;
const BINARY = 1;
const MESSAGE = 4;

/** A malformed packet; the packets behind it are not read. */
export const MALFORMED = Symbol('broken');

/** SIO9: the body of the response to a poll. All packets of the broker are text. */
export function encodePayload(packets: readonly Uint8Array[], protocol: Protocol): string {
  const texts = packets.map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length).toString());
  return protocol === 4 ? texts.join(SEPARATOR) : texts.map((text) => `${text.length}:${text}`).join('');
}

/** SIO9: yields the packets of a POST one by one, so that each is charged before the next is read. */
export function readPayload(
  body: Buffer,
  protocol: Protocol,
  isBinary: boolean,
): Generator<EnginePacket | typeof MALFORMED, void> {
  if (protocol === 4) return separated(body.toString());
  return isBinary ? counted(body) : prefixed(body.toString());
}

function* separated(text: string): Generator<EnginePacket, void> {
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf(SEPARATOR, start);
    const end = found < 0 ? text.length : found;
    yield packetOf(text.slice(start, end), 4);
    start = end + 1;
  }
}

/** Version 3: `length:packet`; the length counts UTF-16 units. */
function* prefixed(text: string): Generator<EnginePacket | typeof MALFORMED, void> {
  for (let start = 0; start < text.length;) {
    const colon = text.indexOf(':', start);
    const digits = colon < 0 || colon - start > MAX_LENGTH_DIGITS ? '' : text.slice(start, colon);
    const end = colon + 1 + Number(digits);
    if (!/^\d+$/.test(digits) || end > text.length) return void (yield MALFORMED);
    yield packetOf(text.slice(colon + 1, end), 3);
    start = end;
  }
}

/** Version 3 as bytes: 0 or 1 for text or binary, one byte for each digit of the length, 255, and the packet. */
function* counted(body: Buffer): Generator<EnginePacket | typeof MALFORMED, void> {
  for (let start = 0; start < body.length;) {
    let [length, at] = [0, start + 1];
    while (at <= start + MAX_LENGTH_DIGITS && (body[at] ?? LENGTH_END) <= 9) length = length * 10 + (body[at++] as number);
    if (body[at] !== LENGTH_END || at === start + 1 || at + 1 + length > body.length) return void (yield MALFORMED);
    const packet = body.subarray(at + 1, at + 1 + length);
    if (body[start] !== BINARY) yield packet.toString();
    else if (packet[0] === MESSAGE) yield packet.subarray(1);
    else return void (yield MALFORMED);
    start = at + 1 + length;
  }
}

function packetOf(text: string, protocol: Protocol): EnginePacket {
  const mark = BASE64_MARK[protocol];
  return text.startsWith(mark) ? Buffer.from(text.slice(mark.length), 'base64') : text;
}
