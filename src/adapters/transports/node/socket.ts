import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { fittingReason, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';

/** What all sockets of a transport have in common. */
export interface Home {
  readonly limits: ConnectionLimits;
  readonly turnEnd: TurnEnd;
}

/** One connection of `ws`. What one turn of the event loop brings for it leaves in one write. */
export class NodeSocket implements Socket, Corked {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #reports: Reports;
  readonly #home: Home;
  /** What was written in this turn and told a message; undefined where nothing waits for its end. */
  #waiting: SignalMessage[] | undefined = undefined;

  /** @param stream what `ws` writes to. */
  constructor(ws: WebSocket, stream: Duplex, { reports, home }: { readonly reports: Reports; readonly home: Home }) {
    this.#ws = ws;
    this.#stream = stream;
    this.#reports = reports;
    this.#home = home;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (!this.#isOpen) return 'gone';
    if (this.#isTooFarBehind(text.length)) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    if (this.#waiting === undefined) {
      this.#waiting = [];
      this.#stream.cork();
      this.#home.turnEnd.awaitedBy(this);
    }
    if (message !== undefined) this.#waiting.push(message);
    // `ws` keeps what it is given until it has left, and the bytes are only lent.
    this.#ws.send(Buffer.from(text), { binary: false });
    return this.#stream.writableNeedDrain ? 'queued' : 'sent';
  }

  uncork(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#stream.uncork();
  }

  ping(): void {
    if (this.#isOpen) this.#ws.ping();
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  // Frames that came in the same packet as the last are told all the same: `Reports` keeps them.
  pause(): void {
    if (!this.#isOpen) return;
    this.#reports.pause();
    this.#ws.pause();
  }

  resume(): void {
    if (!this.#isOpen) return;
    this.#reports.resume();
    this.#ws.resume();
  }

  /** M18: `ws` closes what is too big by itself, unless an embedding program gave it another limit. */
  arrived(bytes: Uint8Array, isBinary: boolean): void {
    if (bytes.length > this.#home.limits.maxFrameBytes) return this.#end(GOODBYES.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /** The connection is over. */
  ended(): void {
    for (const message of this.#waiting ?? []) this.#reports.unsent(message);
    this.#waiting = undefined;
    this.#reports.closed();
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#reports.hearNoMore();
    this.#ws.terminate();
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** What waits for the end of the turn may all leave at once: whether it does is seen before it is judged. */
  #isTooFarBehind(added: number): boolean {
    const { sendBufferBytes } = this.#home.limits;
    if (this.#ws.bufferedAmount + added > sendBufferBytes) this.uncork();
    const unread = this.#ws.bufferedAmount;
    return unread > 0 && unread + added > sendBufferBytes;
  }

  #end({ code, why }: { readonly code: number; readonly why: string }): void {
    if (!this.#isOpen) return;
    this.#reports.hearNoMore();
    this.#ws.close(code, fittingReason(why));
    // The far end's own goodbye has to be read.
    this.#ws.resume();
  }
}
