import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { CloseFrame } from '../shared/close-frames.ts';
import type { LineReader } from './lines.ts';

/** The operations of a session that a socket uses. */
export interface PacketChannel {
  /** Sends one Engine.IO packet, which must not be changed afterwards. */
  send(packet: Uint8Array): WriteOutcome;
  /** Ends the connection after all packets were sent. Reported in a later turn. */
  end(frame: CloseFrame): void;
  /** B3: ends the connection at once. Reported in a later turn. */
  terminate(): void;
  pause(): void;
  resume(): void;
  /** M23: see `Socket.spend`. */
  spend(units: number): void;
}

/** The transport of a session, in the sense of Engine.IO. */
export interface EngineTransport extends PacketChannel {
  readonly kind: 'polling' | 'websocket';
  /** B4: undefined for the configured limit. */
  readonly maxFrameBytes?: number | undefined;
}

/** The properties of a client that select the packet format. */
export interface ClientFormat {
  /** The prefix of the client's event names; its messages have the same prefix. */
  readonly prefix: string;
  /** SIO11: clients of version 3 send pings themselves, and use another format for CONNECT and errors. */
  readonly isVersion3: boolean;
}

const encoder = new TextEncoder();
const PING = encoder.encode('2');
const DISCONNECT = encoder.encode('41');

/** The socket of one client in the main namespace of Socket.IO. Converts lines of the dialect to packets. */
export class SocketIoSocket implements Socket {
  readonly #channel: PacketChannel;
  readonly #format: ClientFormat;
  readonly #lines: LineReader;
  #isWelcome = false;
  #isOver = false;

  constructor(wire: PacketChannel, listener: ClientFormat, lines: LineReader) {
    this.#channel = wire;
    this.#format = listener;
    this.#lines = lines;
  }

  write(line: Uint8Array): WriteOutcome {
    if (this.#isOver) return 'gone';
    const decoded = this.#lines.read(line);
    if (decoded.word === 'message') return this.#channel.send(decoded.publication.under(this.#format.prefix));
    if (decoded.word === 'receipt') return this.#channel.send(encoder.encode(`43${decoded.receipt}[]`));
    if (decoded.word === 'refused') return this.#channel.send(connectError('/', decoded, this.#format.isVersion3));
    this.#isWelcome = true;
    return this.#channel.send(encoder.encode(this.#format.isVersion3 ? '40' : `40${JSON.stringify({ sid: decoded.id })}`));
  }

  /** SIO8. */
  ping(): void {
    if (!this.#isOver && !this.#format.isVersion3) this.#channel.send(PING);
  }

  close(code: number, why: string): void {
    if (this.#isOver) return;
    if (this.#isWelcome) this.#channel.send(DISCONNECT);
    this.#isOver = true;
    this.#channel.end({ code, why });
  }

  terminate(): void {
    this.#isOver = true;
    this.#channel.terminate();
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  spend(units: number): void {
    this.#channel.spend(units);
  }
}

/** The reason of a rejected connection. `code` is the close code of a WebSocket for it. */
export interface ConnectFault {
  readonly text: string;
  readonly code?: number;
}

/** SIO7, SIO10: the error packet for a rejected namespace or connection. Clients of version 3 expect a text. */
export function connectError(namespace: string, { text, code }: ConnectFault, isOld: boolean): Uint8Array {
  const place = namespace === '/' ? '' : `${namespace},`;
  const data = code === undefined ? undefined : { code, text };
  return encoder.encode(`44${place}${JSON.stringify(isOld ? text : { message: text, data })}`);
}
