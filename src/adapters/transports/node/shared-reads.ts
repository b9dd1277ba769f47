import { type OnReadOpts, Socket as NetSocket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';

const BUFFER_BYTES = 64 * 1024;

/** One for all connections: the bytes of a read are used within its callback. */
const BUFFER = Buffer.from(new ArrayBuffer(BUFFER_BYTES));

/** Receives the bytes of a read, at the beginning of the buffer. They are valid for the call. */
type ReadListener = (this: NetSocket, length: number, buffer: Buffer) => boolean;

/** Undocumented fields of a socket. A version of Node without them reads by the stream. */
interface SocketFields {
  readonly _handle?: { readonly useUserBuffer?: (buffer: Buffer) => void } | null;
  [key: symbol]: unknown;
}

/** The properties in which a socket of `node:net` keeps its option `onread`. */
interface OnReadKeys {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/*
 * `onread` is an option of sockets that a program creates; an HTTP server creates the sockets of its clients without it. The
 * properties are those of a socket that has the option, so that another version of Node can name them as it likes.
 */
const ON_READ_KEYS = onReadKeys();

/**
 * Reads a connection into the common buffer: without a stream, its reads cost a third. `pause`, `resume` and the events of the
 * end stay.
 * @returns false if this is no plain TCP connection, or if the version of Node does not allow it.
 */
export function readShared(stream: Duplex, listener: ReadListener): boolean {
  if (ON_READ_KEYS === undefined || !isPlain(stream) || stream.readableLength > 0) return false;
  const socket = stream as unknown as SocketFields;
  const handle = socket._handle;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  socket[ON_READ_KEYS.buffer] = BUFFER;
  socket[ON_READ_KEYS.callback] = listener;
  handle.useUserBuffer(BUFFER);
  return true;
}

/** Whether the stream is a TCP connection without TLS. */
export function isPlain(stream: Duplex): stream is NetSocket {
  return stream instanceof NetSocket && !('encrypted' in stream);
}

function onReadKeys(): OnReadKeys | undefined {
  const callback = (): boolean => true;
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = { onread: { buffer: BUFFER, callback } };
  const probe = new NetSocket(options);
  const keyOf = (value: unknown): symbol | undefined =>
    Object.getOwnPropertySymbols(probe).find((key) => Reflect.get(probe, key) === value);
  const keys = { buffer: keyOf(BUFFER), callback: keyOf(callback) };
  return keys.buffer === undefined || keys.callback === undefined ? undefined : { buffer: keys.buffer, callback: keys.callback };
}
