import { createHash, createHmac, randomBytes } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** Methods of STUN and TURN (RFC 8489, RFC 8656). */
export const METHODS = { binding: 0x001, allocate: 0x003, refresh: 0x004, 'create-permission': 0x008 } as const;

export const ATTRIBUTES = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  transport: 0x0019,
  mapped: 0x0020,
} as const;

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const COOKIE_BYTES = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const TRANSACTION_BYTES = 12;
const INTEGRITY_BYTES = 24;
const SUCCESS = 0x0100;
const FAILURE = 0x0110;
const CLASS_BITS = 0x0110;
const IPV6 = 2;

export type Attribute = readonly [type: number, value: Buffer];

export interface StunRequest {
  readonly transaction: string;
  readonly bytes: Buffer;
}

/** A decoded response. */
export interface StunResponse {
  readonly transaction: string;
  readonly isSuccess: boolean;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

/** An address and a port in a message. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** @param key signs the request: the key of long-term credentials. */
export function encodeRequest(method: keyof typeof METHODS, attributes: readonly Attribute[], key?: Buffer): StunRequest {
  const transaction = randomBytes(TRANSACTION_BYTES);
  const body = Buffer.concat(attributes.map(([type, value]) => encodeAttribute(type, value)));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(METHODS[method], 0);
  header.writeUInt16BE(body.length + (key === undefined ? 0 : INTEGRITY_BYTES), 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(header, 8);
  const unsigned = Buffer.concat([header, body]);
  const bytes = key === undefined ? unsigned : Buffer.concat([unsigned, encodeIntegrity(unsigned, key)]);
  return { transaction: transaction.toString('hex'), bytes };
}

/** Undefined for bytes that are no response. */
export function decodeResponse(bytes: Buffer): StunResponse | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  const messageClass = bytes.readUInt16BE(0) & CLASS_BITS;
  if (messageClass !== SUCCESS && messageClass !== FAILURE) return undefined;
  const attributes = new Map<number, Buffer>();
  const end = Math.min(bytes.length, HEADER_BYTES + bytes.readUInt16BE(2));
  for (let at = HEADER_BYTES; at + 4 <= end;) {
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > end) return undefined;
    const type = bytes.readUInt16BE(at);
    if (!attributes.has(type)) attributes.set(type, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + padded(length);
  }
  return { transaction: bytes.toString('hex', 8, HEADER_BYTES), isSuccess: messageClass === SUCCESS, attributes };
}

/** The length of the first message in bytes of a stream; undefined until its header is complete. */
export function messageLength(bytes: Buffer): number | undefined {
  return bytes.length < HEADER_BYTES ? undefined : HEADER_BYTES + bytes.readUInt16BE(2);
}

/** 200, or the code of ERROR-CODE; 0 for an error without a code. */
export function statusOf({ isSuccess, attributes }: StunResponse): number {
  if (isSuccess) return 200;
  const error = attributes.get(ATTRIBUTES.error);
  return error === undefined || error.length < 4 ? 0 : error.readUInt8(2) * 100 + error.readUInt8(3);
}

/** The address in an XOR-…-ADDRESS attribute; undefined if it is missing or malformed. */
export function addressIn({ transaction, attributes }: StunResponse, type: number): Endpoint | undefined {
  const value = attributes.get(type);
  if (value === undefined || value.length < 8) return undefined;
  const length = value.readUInt8(1) === IPV6 ? 16 : 4;
  if (value.length < 4 + length) return undefined;
  const port = value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16);
  const octets = xored(value.subarray(4, 4 + length), transaction);
  return { address: ipaddr.fromByteArray([...octets]).toString(), port };
}

/** The value of XOR-PEER-ADDRESS. It has the transaction of no message for IPv4, so that it can be encoded before. */
export function encodeAddress({ address, port }: Endpoint): Buffer {
  const octets = Buffer.from(ipaddr.process(address).toByteArray());
  const head = Buffer.from([0, 1, 0, 0]);
  head.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  return Buffer.concat([head, xored(octets, '')]);
}

/** The key of long-term credentials. */
export function longTermKey(username: string, realm: string, credential: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${credential}`).digest();
}

function xored(octets: Buffer, transaction: string): Buffer {
  const mask = Buffer.concat([COOKIE_BYTES, Buffer.from(transaction, 'hex')]);
  return Buffer.from(octets.map((octet, place) => octet ^ (mask[place] ?? 0)));
}

function encodeIntegrity(message: Buffer, key: Buffer): Buffer {
  return encodeAttribute(ATTRIBUTES.integrity, createHmac('sha1', key).update(message).digest());
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(padded(value.length) - value.length)]);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
