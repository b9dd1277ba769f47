/* One WebSocket over raw TCP: the handshake, frames in, frames out. No library of anybody's. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { CLOSE, FrameReader, maskedFrame, PING, PONG, TEXT } from './frames.mjs';

const HOST = '127.0.0.1';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const END_OF_HEAD = '\r\n\r\n';

// A connect takes a port of its source address for a while; many addresses have many ports.
const SOURCES = 64;
let opened = 0;

// Every read of every connection lands here, and is looked at before the next.
const INBOX = Buffer.allocUnsafeSlow(64 * 1024);

const GOODBYE = maskedFrame(Buffer.from([0x03, 0xe8]), CLOSE);

/**
 * @typedef {object} Ears
 * @property {(bytes: Buffer, start: number, end: number) => void} text a text came; the bytes are borrowed
 * @property {(why: string) => void} ended once, last; why is empty where it ended in good order
 */

export class Connection {
  #socket;
  #ears;
  #reader = new FrameReader((opcode, bytes, start, end) => this.#frame(opcode, bytes, start, end));
  #head = '';
  #isOpen = false;
  #why = 'the connection was cut';

  /** @param {{ port: number, target: string }} where @param {Ears} ears */
  constructor({ port, target }, ears) {
    this.#ears = ears;
    this.#socket = connect({
      host: HOST,
      port,
      localAddress: `127.0.0.${1 + (opened++ % SOURCES)}`,
      noDelay: true,
      onread: { buffer: INBOX, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', (error) => {
      this.#why = error.message;
    });
    this.#socket.on('end', () => this.#socket.end());
    this.#socket.on('close', () => this.#ears.ended(this.#why));
    this.#socket.write(
      `GET ${target} HTTP/1.1\r\nHost: ${HOST}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Origin: https://example.org\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}${END_OF_HEAD}`,
    );
  }

  /**
   * @param {Buffer} frames whole and masked
   * @returns whether the kernel took all of it; if not, these bytes are not to be touched again
   */
  send(frames) {
    this.#socket.write(frames);
    return this.#socket.writableLength === 0;
  }

  /** Says goodbye as a browser does: with a close frame; the server ends the connection. */
  close() {
    this.#why = '';
    this.#socket.write(GOODBYE);
  }

  /** Gone without a word, as with a lost network; it leaves no port behind that waits. */
  cut() {
    this.#why = '';
    this.#socket.resetAndDestroy();
  }

  #read(length) {
    if (this.#isOpen) this.#reader.read(INBOX, 0, length);
    else this.#readHead(length);
    return true;
  }

  #readHead(length) {
    this.#head += INBOX.toString('latin1', 0, length);
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
    if (opcode === TEXT) return this.#ears.text(bytes, start, end);
    if (opcode === PING) return void this.#socket.write(maskedFrame(bytes.subarray(start, end), PONG));
    if (opcode === PONG) return;
    // Ours comes back, or the server wants to end it.
    if (this.#why === '') return;
    this.#why = `the server closed with ${end - start >= 2 ? bytes.readUInt16BE(start) : 'no code'}`;
    this.#socket.write(GOODBYE);
  }
}
