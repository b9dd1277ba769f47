import { randomBytes } from 'node:crypto';
import type { RawConnection } from './raw-connection.ts';

/** The headers of a WebSocket handshake, as Firefox sends them. */
export const UPGRADE_LINES = [
  ...[
    'Host: localhost',
    'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Accept: */*',
  ],
  ...['Accept-Language: en-US,en;q=0.5', 'Accept-Encoding: gzip, deflate, br', 'Sec-WebSocket-Version: 13'],
  ...['Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'DNT: 1'],
  ...['Connection: keep-alive, Upgrade', 'Sec-Fetch-Dest: empty', 'Sec-Fetch-Mode: websocket', 'Sec-Fetch-Site: same-origin'],
  ...['Pragma: no-cache', 'Cache-Control: no-cache', 'Upgrade: websocket'],
];

const FIN = 0x80;
const MASKED = 0x80;
const CONTINUATION = 0;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const SHORT = 126;

/** The bytes of a masked text frame of at most 64 KiB. */
export function textFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text));
}

/** The bytes of one masked text message in several fragments. */
export function textFragments(parts: readonly string[]): Buffer[] {
  return parts.map((part, i) => frame(i === 0 ? TEXT : CONTINUATION, Buffer.from(part), i === parts.length - 1));
}

/** The bytes of a masked ping without data. */
export function pingFrame(): Buffer {
  return frame(PING, Buffer.alloc(0));
}

/** The bytes of a masked close frame with the code 1000. */
export function closeFrame(): Buffer {
  return frame(CLOSE, Buffer.from([0x03, 0xe8]));
}

/** Opens a WebSocket on a raw connection, with the headers that every server accepts, and waits for OPEN. */
export async function openOnWire(wire: RawConnection, target: string): Promise<RawConnection> {
  const others = UPGRADE_LINES.filter((line) => !/^(Sec-WebSocket-Extensions|Connection)/.test(line));
  const lines = [...others, 'Connection: Upgrade'];
  wire.send([`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  await wire.waitFor(/"OPEN"/);
  return wire;
}

function frame(opcode: number, payload: Buffer, isLast = true): Buffer {
  const mask = randomBytes(4);
  const length = payload.length < SHORT ? Buffer.from([MASKED | payload.length]) : longLength(payload.length);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([Buffer.from([(isLast ? FIN : 0) | opcode]), length, mask, masked]);
}

function longLength(length: number): Buffer {
  const bytes = Buffer.from([MASKED | SHORT, 0, 0]);
  bytes.writeUInt16BE(length, 1);
  return bytes;
}
