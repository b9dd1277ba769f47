import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import { fittingReason, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';

/** One connection of `ws`. */
export class NodeSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #reports: Reports;
  readonly #limits: ConnectionLimits;

  /** @param stream what `ws` writes to. */
  constructor(
    ws: WebSocket,
    stream: Duplex,
    { reports, limits }: { readonly reports: Reports; readonly limits: ConnectionLimits },
  ) {
    this.#ws = ws;
    this.#stream = stream;
    this.#reports = reports;
    this.#limits = limits;
  }

  write(text: Uint8Array): WriteOutcome {
    if (!this.#isOpen) return 'gone';
    const unread = this.#ws.bufferedAmount;
    if (unread > 0 && unread + text.length > this.#limits.sendBufferBytes) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    // `ws` keeps what it is given until it has left, and the bytes are only lent.
    this.#ws.send(Buffer.from(text), { binary: false });
    return this.#stream.writableNeedDrain ? 'queued' : 'sent';
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
    if (bytes.length > this.#limits.maxFrameBytes) return this.#end(GOODBYES.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#reports.hearNoMore();
    this.#ws.terminate();
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  #end({ code, why }: { readonly code: number; readonly why: string }): void {
    if (!this.#isOpen) return;
    this.#reports.hearNoMore();
    this.#ws.close(code, fittingReason(why));
    // The far end's own goodbye has to be read.
    this.#ws.resume();
  }
}
