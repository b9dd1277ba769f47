/* One WebSocket over raw TCP, without a library: the handshake, and frames in both directions. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CLOSE, FrameReader, maskedFrame, PING, PONG, TEXT } from './frames.mjs';

const HOST = '127.0.0.1';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const END_OF_HEAD = '\r\n\r\n';

// Each connection occupies a port of its source address for some time; several addresses provide enough ports.
const SOURCES = 64;
let opened = 0;

// The read buffer of all connections; each read is processed before the next.
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

const CLOSE_FRAME = maskedFrame(Buffer.from([0x03, 0xe8]), CLOSE);

/**
 * A server: a port on loopback, or any address.
 * @typedef {number | { port: number, host?: string, isSecure?: boolean, prefix?: string, key?: string, token?: string }} Place
 */

/** @param {Place} place */
export function addressOf(place) {
  return { host: HOST, isSecure: false, prefix: '', ...(typeof place === 'number' ? { port: place } : place) };
}

/** Each connection from a source address of its own, if the server is on this machine. */
function socketTo({ host, port, isSecure }, read) {
  const source = host === HOST ? { localAddress: `127.0.0.${1 + (opened++ % SOURCES)}` } : {};
  const options = { host, port, noDelay: true, ...source };
  if (!isSecure) {
    return connect({ ...options, onread: { buffer: READ_BUFFER, callback: (length) => read(READ_BUFFER, length) } });
  }
  // The certificate may be one of a test.
  const socket = connectTls({ ...options, servername: host, rejectUnauthorized: false });
  return socket.on('data', (bytes) => read(bytes, bytes.length));
}

/**
 * @typedef {object} Handlers
 * @property {(bytes: Buffer, start: number, end: number) => void} text a text arrived; the bytes are borrowed
 * @property {(why: string) => void} ended called once, last; why is empty after a regular close
 */

export class Connection {
  #socket;
  #handlers;
  #reader = new FrameReader((opcode, bytes, start, end) => this.#frame(opcode, bytes, start, end));
  #head = '';
  #isOpen = false;
  #why = 'the connection was cut';

  /** @param {{ port: Place, target: string }} endpoint @param {Handlers} handlers */
  constructor({ port: place, target }, handlers) {
    this.#handlers = handlers;
    const address = addressOf(place);
    const { host, port, prefix } = address;
    this.#socket = socketTo(address, (bytes, length) => this.#read(bytes, length));
    this.#socket.on('error', (error) => {
      this.#why = error.message;
    });
    this.#socket.on('end', () => this.#socket.end());
    this.#socket.on('close', () => this.#handlers.ended(this.#why));
    this.#socket.write(
      `GET ${prefix}${target} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Origin: https://example.org\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}${END_OF_HEAD}`,
    );
  }

  /**
   * @param {Buffer} frames whole and masked
   * @returns whether the kernel accepted all bytes; if not, the caller must not change them
   */
  send(frames) {
    this.#socket.write(frames);
    return this.#socket.writableLength === 0;
  }

  /** Sends a close frame, as a browser does; the server ends the connection. */
  close() {
    this.#why = '';
    this.#socket.write(CLOSE_FRAME);
  }

  /** Resets the connection, as after a network failure; no port stays in TIME_WAIT. */
  cut() {
    this.#why = '';
    this.#socket.resetAndDestroy();
  }

  #read(bytes, length) {
    if (this.#isOpen) this.#reader.read(bytes, 0, length);
    else this.#readHead(bytes, length);
    return true;
  }

  #readHead(bytes, length) {
    this.#head += bytes.toString('latin1', 0, length);
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    if (!this.#head.startsWith('HTTP/1.1 101') || !this.#head.includes(ACCEPT)) return this.#refuse();
    this.#isOpen = true;
    const rest = Buffer.from(this.#head.slice(end + END_OF_HEAD.length), 'latin1');
    this.#head = '';
    this.#reader.read(rest, 0, rest.length);
  }

  #refuse() {
    const [line = ''] = this.#head.split('\r\n');
    this.#socket.destroy(new Error(`the server answered the handshake with ${line}`));
  }

  #frame(opcode, bytes, start, end) {
    if (opcode === TEXT) return this.#handlers.text(bytes, start, end);
    if (opcode === PING) return void this.#socket.write(maskedFrame(bytes.subarray(start, end), PONG));
    if (opcode === PONG) return;
    // The answer to our close frame, or a close by the server.
    if (this.#why === '') return;
    this.#why = `the server closed with ${end - start >= 2 ? bytes.readUInt16BE(start) : 'no code'}`;
    this.#socket.write(CLOSE_FRAME);
  }
}
