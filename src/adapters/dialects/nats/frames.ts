import type { WireExtra } from '../../../domain/topic.ts';

export const DIALECT_NAME = 'nats';

/** NA4, NA6. */
export const OK = Buffer.from('+OK\r\n');
export const PING = Buffer.from('PING\r\n');
export const PONG = Buffer.from('PONG\r\n');

const LINE_END = Buffer.from('\r\n');
const NO_BYTES = new Uint8Array();
const LENGTH_BYTES = 2;

/** NA2. */
export interface ServerTraits {
  /** A semantic version, which clients require. */
  readonly version: string;
  readonly maxPayload: number;
  readonly needsToken: boolean;
}

/** NA2, NA7. @param isLeaving whether clients should look for another server. */
export function serverLine({ version, maxPayload, needsToken }: ServerTraits, isLeaving = false): Uint8Array {
  const info = {
    ...{ server_id: 'SIGNALBOX', server_name: 'signalbox', version, proto: 1, headers: true, max_payload: maxPayload },
    ...(needsToken && { auth_required: true }),
    ...(isLeaving && { ldm: true }),
  };
  return Buffer.from(`INFO ${JSON.stringify(info)}\r\n`);
}

/** NA8, NA9. */
export function errorLine(text: string): Uint8Array {
  return Buffer.from(`-ERR '${text}'\r\n`);
}

/** NA12, T13: the part of a message that only clients of NATS receive. */
export interface Envelope {
  /** Latin-1. */
  readonly reply: string | undefined;
  readonly headers: Uint8Array;
}

/** T13. */
export function encodeExtra(reply: string | undefined, headers: Uint8Array = NO_BYTES): WireExtra {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + (reply?.length ?? 0) + headers.length);
  bytes.writeUInt16BE(reply?.length ?? 0);
  bytes.write(reply ?? '', LENGTH_BYTES, 'latin1');
  bytes.set(headers, LENGTH_BYTES + (reply?.length ?? 0));
  return { dialect: DIALECT_NAME, bytes };
}

/** T13. Undefined for a publication of another wire. */
export function decodeExtra(extra: WireExtra | undefined): Envelope | undefined {
  if (extra?.dialect !== DIALECT_NAME || extra.bytes.length < LENGTH_BYTES) return undefined;
  const bytes = Buffer.from(extra.bytes.buffer, extra.bytes.byteOffset, extra.bytes.length);
  const end = LENGTH_BYTES + bytes.readUInt16BE();
  const reply = end === LENGTH_BYTES ? undefined : bytes.toString('latin1', LENGTH_BYTES, end);
  return { reply, headers: bytes.subarray(end) };
}

/** The addressee of a message. */
export interface Delivery {
  readonly subject: string;
  /** Latin-1. */
  readonly sid: string;
}

/** NA12: one MSG, or one HMSG if there are headers. */
export function message({ subject, sid }: Delivery, { reply, headers }: Envelope, payload: Uint8Array): readonly Uint8Array[] {
  const address = [Buffer.from(subject), Buffer.from(` ${sid}${reply === undefined ? '' : ` ${reply}`}`, 'latin1')];
  if (headers.length === 0) {
    return [Buffer.from('MSG '), ...address, Buffer.from(` ${payload.length}\r\n`), payload, LINE_END];
  }
  const sizes = Buffer.from(` ${headers.length} ${headers.length + payload.length}\r\n`);
  return [Buffer.from('HMSG '), ...address, sizes, headers, payload, LINE_END];
}

const NO_RESPONDERS = Buffer.from('NATS/1.0 503\r\n\r\n');

/** NA15: the answer to a request without a responder. @param reply Latin-1. */
export function noResponders(reply: string, sid: string): Uint8Array {
  const head = Buffer.from(`HMSG ${reply} ${sid} ${NO_RESPONDERS.length} ${NO_RESPONDERS.length}\r\n`, 'latin1');
  return Buffer.concat([head, NO_RESPONDERS, LINE_END]);
}
