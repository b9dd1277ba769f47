/* A client that sends raw bytes, and frames that no library would send. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** One masked frame of a client. */
export function frame(payload, { opcode = 1, isFinal = true } = {}) {
  const bytes = Buffer.from(payload);
  const { length } = bytes;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(4);
  for (let i = 0; i < length; i++) bytes[i] ^= mask[i & 3];
  return Buffer.concat([head, mask, bytes]);
}

/** A TCP connection to the broker from an address of its own. An error only closes the connection. */
export class RawClient {
  #socket;
  #closed;
  isClosed = false;

  /** @param localAddress a loopback address, so that each attack has limits of its own. */
  constructor({ port, localAddress }) {
    this.#socket = connect({ host: '127.0.0.1', port, localAddress });
    this.#socket.on('error', () => this.cut());
    this.#closed = new Promise((resolve) => this.#socket.on('close', resolve));
    void this.#closed.then(() => (this.isClosed = true));
    this.#socket.on('data', () => undefined);
  }

  /** Resolves when the bytes are sent, the connection is closed, or `patience` milliseconds have passed. */
  async send(bytes, patience = 1_000) {
    if (this.isClosed || this.#socket.destroyed || this.#socket.write(bytes)) return;
    await Promise.race([new Promise((resolve) => this.#socket.once('drain', resolve)), this.#closed, sleep(patience)]);
    this.#socket.removeAllListeners('drain');
  }

  /** Sends a handshake, without waiting for the response. */
  upgrade(target) {
    const lines = [`GET ${target} HTTP/1.1`, 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket'];
    return this.send([...lines, 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`, '', ''].join('\r\n'));
  }

  say(value) {
    return this.send(frame(typeof value === 'string' ? value : JSON.stringify(value)));
  }

  /** Stops reading from the connection. */
  stopReading() {
    this.#socket.pause();
  }

  cut() {
    this.isClosed = true;
    this.#socket.destroy();
  }
}
