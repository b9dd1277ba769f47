import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { Goodbye } from '../shared/goodbyes.ts';
import type { LineReader } from './lines.ts';

/** What a socket needs of the session that carries it. */
export interface Wire {
  /** One packet of Engine.IO, not to be changed afterwards. */
  send(packet: Uint8Array): WriteOutcome;
  /** Ends the connection once what was sent has left. Reported later. */
  end(goodbye: Goodbye): void;
  pause(): void;
  resume(): void;
}

/** What of the far end decides how it is told something. */
export interface Listener {
  /** What this peer's events begin with; it is told messages by the same prefix. */
  readonly prefix: string;
  /** SIO11: a client of version 3 asks for signs of life itself, and reads CONNECT and errors in another form. */
  readonly isOld: boolean;
}

const encoder = new TextEncoder();
const PING = encoder.encode('2');
const DISCONNECT = encoder.encode('41');

/** The socket of one client in Socket.IO's main namespace: lines of the dialect become packets. */
export class SocketIoSocket implements Socket {
  readonly #wire: Wire;
  readonly #listener: Listener;
  readonly #lines: LineReader;
  #isWelcome = false;
  #isOver = false;

  constructor(wire: Wire, listener: Listener, lines: LineReader) {
    this.#wire = wire;
    this.#listener = listener;
    this.#lines = lines;
  }

  write(line: Uint8Array): WriteOutcome {
    if (this.#isOver) return 'gone';
    const told = this.#lines.read(line);
    if (told.word === 'message') return this.#wire.send(told.publication.under(this.#listener.prefix));
    if (told.word === 'receipt') return this.#wire.send(encoder.encode(`43${told.receipt}[]`));
    if (told.word === 'refused') return this.#wire.send(connectError('/', told.why, this.#listener.isOld));
    this.#isWelcome = true;
    return this.#wire.send(encoder.encode(this.#listener.isOld ? '40' : `40${JSON.stringify({ sid: told.id })}`));
  }

  /** SIO8. */
  ping(): void {
    if (!this.#isOver && !this.#listener.isOld) this.#wire.send(PING);
  }

  close(code: number, why: string): void {
    if (this.#isOver) return;
    if (this.#isWelcome) this.#wire.send(DISCONNECT);
    this.#isOver = true;
    this.#wire.end({ code, why });
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }
}

/** SIO7: why a client is not let into a namespace. */
export function connectError(namespace: string, message: string, isOld: boolean): Uint8Array {
  const place = namespace === '/' ? '' : `${namespace},`;
  return encoder.encode(`44${place}${JSON.stringify(isOld ? message : { message })}`);
}
