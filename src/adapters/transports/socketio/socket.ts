import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { CloseFrame } from '../shared/close-frames.ts';
import type { LineReader } from './lines.ts';

/** What a socket needs of the session that carries it. */
export interface PacketChannel {
  /** One packet of Engine.IO, not to be changed afterwards. */
  send(packet: Uint8Array): WriteOutcome;
  /** Ends the connection once what was sent has left. Reported later. */
  end(goodbye: CloseFrame): void;
  pause(): void;
  resume(): void;
}

/** What of the far end decides how it is told something. */
export interface ClientFormat {
  /** What this peer's events begin with; it is told messages by the same prefix. */
  readonly prefix: string;
  /** SIO11: a client of version 3 asks for signs of life itself, and reads CONNECT and errors in another form. */
  readonly isVersion3: boolean;
}

const encoder = new TextEncoder();
const PING = encoder.encode('2');
const DISCONNECT = encoder.encode('41');

/** The socket of one client in Socket.IO's main namespace: lines of the dialect become packets. */
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
    const told = this.#lines.read(line);
    if (told.word === 'message') return this.#channel.send(told.publication.under(this.#format.prefix));
    if (told.word === 'receipt') return this.#channel.send(encoder.encode(`43${told.receipt}[]`));
    if (told.word === 'refused') return this.#channel.send(connectError('/', told.why, this.#format.isVersion3));
    this.#isWelcome = true;
    return this.#channel.send(encoder.encode(this.#format.isVersion3 ? '40' : `40${JSON.stringify({ sid: told.id })}`));
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

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }
}

/** SIO7: why a client is not let into a namespace. */
export function connectError(namespace: string, message: string, isOld: boolean): Uint8Array {
  const place = namespace === '/' ? '' : `${namespace},`;
  return encoder.encode(`44${place}${JSON.stringify(isOld ? message : { message })}`);
}
