import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { within } from './until.ts';

const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const ALLOCATE_REQUEST = 0x0003;
const ALLOCATE_SUCCESS = 0x0103;
const ATTRIBUTE = { username: 0x0006, integrity: 0x0008, error: 0x0009, realm: 0x0014, nonce: 0x0015, transport: 0x0019 };
const UDP = Buffer.from([17, 0, 0, 0]);
const INTEGRITY_BYTES = 24;
const TIMEOUT_MS = 30_000;
/** UDP may lose a request. */
const RESEND_MS = 500;

interface Response {
  readonly type: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export interface TurnUser {
  readonly username: string;
  readonly credential: string;
}

/** One Allocate request to a TURN server over UDP (RFC 5766). @returns 200, or the error code of the server */
export async function allocate(port: number, user: TurnUser): Promise<number> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const challenge = await ask(socket, requestOf([[ATTRIBUTE.transport, UDP]]));
    const realm = challenge.attributes.get(ATTRIBUTE.realm) ?? Buffer.alloc(0);
    const nonce = challenge.attributes.get(ATTRIBUTE.nonce) ?? Buffer.alloc(0);
    const key = createHash('md5').update(`${user.username}:${realm.toString()}:${user.credential}`).digest();
    const signed = requestOf(
      [
        [ATTRIBUTE.transport, UDP],
        [ATTRIBUTE.username, Buffer.from(user.username)],
        [ATTRIBUTE.realm, realm],
        [ATTRIBUTE.nonce, nonce],
      ],
      key,
    );
    const { type, attributes } = await ask(socket, signed);
    return type === ALLOCATE_SUCCESS ? 200 : codeOf(attributes);
  } finally {
    socket.close();
  }
}

async function ask(socket: Socket, request: Buffer): Promise<Response> {
  const answered = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(request);
  const resend = setInterval(() => socket.send(request), RESEND_MS);
  try {
    const [bytes] = await within(TIMEOUT_MS, 'a response of the TURN server', answered);
    return { type: bytes.readUInt16BE(0), attributes: attributesOf(bytes) };
  } finally {
    clearInterval(resend);
  }
}

function requestOf(attributes: readonly (readonly [type: number, value: Buffer])[], key?: Buffer): Buffer {
  const body = Buffer.concat(attributes.map(([type, value]) => attribute(type, value)));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(ALLOCATE_REQUEST, 0);
  header.writeUInt16BE(body.length + (key === undefined ? 0 : INTEGRITY_BYTES), 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(header, 8);
  const message = Buffer.concat([header, body]);
  if (key === undefined) return message;
  return Buffer.concat([message, attribute(ATTRIBUTE.integrity, createHmac('sha1', key).update(message).digest())]);
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function attributesOf(bytes: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return attributes;
}

function codeOf(attributes: ReadonlyMap<number, Buffer>): number {
  const error = attributes.get(ATTRIBUTE.error);
  return error === undefined ? 0 : error.readUInt8(2) * 100 + error.readUInt8(3);
}
