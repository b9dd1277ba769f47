import type { Socket as LibrarySocket } from 'socket.io';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import { STREAM_CLOSED, STREAM_LEFT, STREAM_UNREAD } from '../shared/goodbyes.ts';
import type { Later, Reports } from '../shared/reports.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import { lineOf } from './events.ts';

/** What all sockets of this transport have in common. */
export interface SocketIoHome {
  readonly limits: ConnectionLimits;
  readonly later: Later;
  /** The longest first. */
  readonly prefixes: readonly string[];
}

/** What is used of a socket of the library. */
export type SocketLike = Pick<LibrarySocket, 'emit' | 'disconnect' | 'connected'> & {
  readonly conn: { readonly readyState: string };
};

type Acknowledge = (...given: unknown[]) => void;

/** One socket of Socket.IO: its events are lines for the dialect, and the dialect's lines are events for it. */
export class SocketIoSocket implements Socket {
  readonly #socket: SocketLike;
  readonly #reports: Reports;
  readonly #home: SocketIoHome;
  readonly #acknowledges = new Map<number, Acknowledge>();
  #receipts = 0;
  /** What this peer's events begin with; it is told messages by the same name. */
  #prefix = '';
  /** What was written since the library last had nothing left to send. */
  #behindBytes = 0;
  #isOver = false;

  constructor(socket: SocketLike, reports: Reports, home: SocketIoHome) {
    this.#socket = socket;
    this.#reports = reports;
    this.#home = home;
  }

  write(text: Uint8Array): WriteOutcome {
    if (this.#isOver || !this.#socket.connected) return 'gone';
    const isBehind = this.#behindBytes > 0;
    this.#behindBytes += text.length;
    if (isBehind && this.#behindBytes > this.#home.limits.sendBufferBytes) {
      this.#close(STREAM_UNREAD);
      return 'gone';
    }
    const [word, ...given] = JSON.parse(Buffer.from(text).toString()) as ['message', string, string] | ['receipt', number];
    if (word === 'receipt') this.#acknowledge(given[0] as number);
    else this.#socket.emit(`${this.#prefix}message`, given[0], [...Buffer.from(given[1] as string, 'base64')]);
    return isBehind ? 'queued' : 'sent';
  }

  /** The library has nothing left to send. */
  drained(): void {
    this.#behindBytes = 0;
  }

  /** The library asks for signs of life by itself, and ends who gives none. */
  ping(): void {
    if (!this.#isOver && this.#socket.conn.readyState === 'open') this.#home.later(() => this.#reports.alive());
  }

  /** Neither code nor reason can be told. */
  close(): void {
    this.#close(STREAM_CLOSED);
  }

  #close(end: ConnectionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reports.hearNoMore(end);
    this.#socket.disconnect(true);
  }

  pause(): void {
    this.#reports.pause();
  }

  resume(): void {
    this.#reports.resume();
  }

  /** SIO1 to SIO4. @param given the last of it may be what acknowledges. */
  heard(event: unknown, given: readonly unknown[]): void {
    const last = given.at(-1);
    const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
    const receipt = acknowledge === undefined ? undefined : ++this.#receipts;
    if (acknowledge !== undefined) this.#acknowledges.set(this.#receipts, acknowledge);
    const { line, prefix } = lineOf(event, acknowledge === undefined ? given : given.slice(0, -1), this.#home.prefixes, receipt);
    if (prefix !== '') this.#prefix = prefix;
    const bytes = Buffer.from(line);
    const fits = bytes.length <= this.#home.limits.maxFrameBytes && this.#reports.frame(bytes, false);
    if (!fits) this.close();
    // What was refused is not acknowledged; what is paused may still be.
    this.#acknowledges.delete(this.#receipts - MOST_RECEIPTS);
  }

  /** The connection is over. */
  ended(): void {
    this.#isOver = true;
    this.#acknowledges.clear();
    this.#reports.closed(STREAM_LEFT);
  }

  #acknowledge(receipt: number): void {
    const acknowledge = this.#acknowledges.get(receipt);
    this.#acknowledges.delete(receipt);
    acknowledge?.();
  }
}

// Those that will never come must not pile up.
const MOST_RECEIPTS = 10_000;
