import type { WebSocket } from 'uWebSockets.js';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import { fittingReason, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';

// What the library's `send` answers.
const SENT = 1;
const DROPPED = 2;

/** One connection of uWebSockets.js. The library's socket dies the moment it is closed; any call to it then throws. */
export class UwsSocket implements Socket {
  #ws: WebSocket<unknown> | undefined;
  readonly #reports: Reports;
  readonly #limits: ConnectionLimits;
  #mayBeBehind = false;

  constructor(ws: WebSocket<unknown>, reports: Reports, limits: ConnectionLimits) {
    this.#ws = ws;
    this.#reports = reports;
    this.#limits = limits;
  }

  write(text: Uint8Array): WriteOutcome {
    const ws = this.#ws;
    if (ws === undefined) return 'gone';
    if (this.#mayBeBehind && this.#isTooFarBehind(ws, text.length)) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    const outcome = ws.send(text, false);
    if (outcome === SENT) return 'sent';
    if (outcome === DROPPED) return 'gone';
    this.#mayBeBehind = true;
    return 'queued';
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  // The library can't stop reading: what comes meanwhile is kept by `Reports`.
  pause(): void {
    this.#reports.pause();
  }

  resume(): void {
    this.#reports.resume();
  }

  /** M18: the library passes on what is a little too big, so that it can be told so. */
  arrived(bytes: Uint8Array, isBinary: boolean): void {
    if (bytes.length > this.#limits.maxFrameBytes) return this.#end(GOODBYES.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /** The library has closed the socket, maybe from inside `end`: that is why `Reports` tells it later. */
  ended(): void {
    this.#ws = undefined;
    this.#reports.closed();
  }

  #isTooFarBehind(ws: WebSocket<unknown>, added: number): boolean {
    const unread = ws.getBufferedAmount();
    this.#mayBeBehind = unread > 0;
    return unread > 0 && unread + added > this.#limits.sendBufferBytes;
  }

  #end({ code, why }: { readonly code: number; readonly why: string }): void {
    const ws = this.#ws;
    if (ws === undefined) return;
    this.#ws = undefined;
    this.#reports.hearNoMore();
    ws.end(code, fittingReason(why));
  }
}
