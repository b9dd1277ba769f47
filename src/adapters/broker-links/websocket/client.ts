import { createHash, randomBytes } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { clientFrame, FrameReader } from './frame-reader.ts';

export interface ClientHandlers {
  /** The handshake has succeeded. */
  readonly opened: () => void;
  /** The bytes are valid for the call. */
  readonly message: (bytes: Uint8Array) => void;
  /** Called once, also if the server can't be reached. No other call follows. */
  readonly ended: () => void;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HEAD_END = '\r\n\r\n';
const MAX_HEAD_BYTES = 16 * 1024;
const READ_BYTES = 64 * 1024;
/** Bytes that the server may leave unread. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;
const MASK_BYTES = 4;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** A WebSocket client for binary messages. Plain connections read into one buffer, which costs half of a stream of Node. */
export class WebSocketClient {
  readonly #handlers: ClientHandlers;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #accept: string;
  #head: Buffer | undefined = Buffer.alloc(0);
  #hasEnded = false;

  /** @param target path and query. */
  constructor(url: URL, target: string, handlers: ClientHandlers) {
    this.#handlers = handlers;
    const key = randomBytes(16).toString('base64');
    this.#accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    this.#reader = new FrameReader({
      message: (bytes) => {
        if (!this.#hasEnded) handlers.message(bytes);
      },
      ping: (bytes) => this.#write('pong', bytes),
      ended: () => this.end(),
    });
    this.#socket = this.#connect(url);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('end', () => this.#socket.end());
    this.#socket.on('close', () => this.#ended());
    const lines = [`GET ${target} HTTP/1.1`, `Host: ${url.host}`, 'Upgrade: websocket', 'Connection: Upgrade'];
    this.#socket.write(`${[...lines, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13'].join('\r\n')}${HEAD_END}`);
  }

  send(message: Uint8Array): void {
    this.#write('binary', message);
  }

  /** Sends all messages first. */
  end(): void {
    if (this.#hasEnded) return;
    this.#write('close', new Uint8Array(0));
    this.#socket.end();
    // The end of the server may never arrive.
    this.#socket.setTimeout(1_000, () => this.#socket.destroy());
  }

  /** Ends at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #connect({ protocol, hostname, port }: URL): Socket {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const at = { host, port: port === '' ? DEFAULT_PORTS[protocol] : Number(port) };
    if (protocol === 'https:') {
      const socket = connectTls({ ...at, servername: /^[\d.]+$|:/.test(host) ? '' : host });
      socket.on('data', (bytes: Buffer) => this.#received(bytes));
      return socket;
    }
    const buffer = Buffer.alloc(READ_BYTES);
    const callback = (count: number): boolean => {
      this.#received(buffer.subarray(0, count));
      return true;
    };
    return connectTcp({ ...at, port: Number(at.port), onread: { buffer, callback } });
  }

  #received(bytes: Buffer): void {
    if (this.#hasEnded) return;
    if (this.#head === undefined) return this.#reader.read(bytes);
    const head = Buffer.concat([this.#head, bytes]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      if (head.length > MAX_HEAD_BYTES) this.#socket.destroy();
      this.#head = head;
      return;
    }
    const text = head.toString('latin1', 0, end);
    const accept = /\r\nsec-websocket-accept: *(\S+)/i.exec(text)?.[1];
    if (!/^HTTP\/1\.1 101 /.test(text) || accept !== this.#accept) return void this.#socket.destroy();
    this.#head = undefined;
    this.#handlers.opened();
    this.#reader.read(head.subarray(end + HEAD_END.length));
  }

  #write(opcode: 'binary' | 'pong' | 'close', payload: Uint8Array): void {
    if (this.#hasEnded || this.#socket.destroyed || this.#socket.writableEnded) return;
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) return void this.#socket.destroy();
    this.#socket.write(clientFrame(opcode, payload, randomBytes(MASK_BYTES)));
  }

  #ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#handlers.ended();
  }
}
