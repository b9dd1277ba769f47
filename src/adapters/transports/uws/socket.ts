import type { WebSocket } from 'uWebSockets.js';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { closedByBroker, fittingReason, type Goodbye, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import type { Closing, Closings } from './closings.ts';
import { NONE, type Outbox, type Sender } from './outbox.ts';

/** What all sockets of a transport have in common. */
export interface Home {
  readonly outbox: Outbox;
  readonly closings: Closings;
  readonly limits: ConnectionLimits;
  /** Closes a connection whose message is larger than the limit. */
  readonly tooBig: Goodbye;
}

/** Asks whether the far end has read the last text. No other ping has a payload. */
const LAST_PING = 'closing';

/** How a connection is to be closed, once the far end has read all that it was sent. */
interface CloseFrame {
  readonly ws: WebSocket<unknown>;
  readonly code: number;
  readonly why: string;
}

/** One connection of uWebSockets.js. The library's socket dies the moment it is closed; any call to it then throws. */
export class UwsSocket implements Socket, Sender, Closing {
  oldest = NONE;
  newest = NONE;
  unsentBytes = 0;
  #ws: WebSocket<unknown> | undefined = undefined;
  readonly #reports: Reports;
  readonly #home: Home;
  #mayBeBehind = false;
  /** There from the close until the library closes the socket: its input counts no more. */
  #closing: CloseFrame | undefined = undefined;

  constructor(reports: Reports, home: Home) {
    this.#reports = reports;
    this.#home = home;
  }

  /** The library has shaken hands. */
  opened(ws: WebSocket<unknown>): void {
    this.#ws = ws;
    this.#reports.opened(this);
    // The library has not sent its own answer yet: the first words leave with it.
    this.#home.outbox.flushOf(this);
  }

  get line(): WebSocket<unknown> | undefined {
    return this.#ws;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    const ws = this.#ws;
    if (ws === undefined) return 'gone';
    // What waits may all leave at once. Before it fills the buffer, we look whether it does.
    if (this.unsentBytes + text.length > this.#home.limits.sendBufferBytes / 2) this.#home.outbox.flushOf(this);
    if (this.#mayBeBehind && this.#isTooFarBehind(ws, text.length)) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    this.#home.outbox.put(this, text, message);
    return this.#mayBeBehind ? 'queued' : 'sent';
  }

  fellBehind(): void {
    this.#mayBeBehind = true;
    this.drained();
  }

  /** The library has sent some of what it kept. */
  drained(): void {
    if (this.#ws !== undefined) this.#reports.unread(this.#ws.getBufferedAmount());
  }

  ping(): void {
    this.#ws?.ping();
  }

  /** M20: the library has answered already, whether or not the far end reads. */
  pinged(): void {
    const ws = this.#ws ?? this.#closing?.ws;
    if (ws !== undefined && ws.getBufferedAmount() > this.#home.limits.sendBufferBytes) {
      if (this.#closing !== undefined) return void ws.close();
      return this.#end(GOODBYES.readsTooSlowly);
    }
    this.#alive();
  }

  ponged(payload: ArrayBuffer): void {
    if (this.#closing !== undefined && payload.byteLength === LAST_PING.length) this.#home.closings.hasRead(this);
    this.#alive();
  }

  #alive(): void {
    if (!this.#reports.alive()) this.#end(GOODBYES.sendsTooFast);
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
    if (this.#closing !== undefined) return;
    if (bytes.length > this.#home.limits.maxFrameBytes) return this.#end(this.#home.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /** The library has closed the socket, maybe from inside `end`: that is why `Reports` tells it later. */
  ended(end: ConnectionEnd): void {
    this.#ws = undefined;
    this.#closing = undefined;
    this.#home.closings.over(this);
    for (const message of this.#home.outbox.withdraw(this)) this.#reports.unsent(message);
    // A thousand connections may end in one turn of the loop: what waits for others is not to wait for that.
    this.#home.outbox.flush();
    this.#reports.closed(end);
  }

  #isTooFarBehind(ws: WebSocket<unknown>, added: number): boolean {
    const unread = ws.getBufferedAmount();
    this.#mayBeBehind = unread > 0;
    this.#reports.unread(unread);
    return unread > 0 && unread + this.unsentBytes + added > this.#home.limits.sendBufferBytes;
  }

  #end(goodbye: Goodbye): void {
    const ws = this.#ws;
    if (ws === undefined) return;
    this.#home.outbox.flushOf(this);
    this.#ws = undefined;
    this.#reports.hearNoMore(closedByBroker(goodbye));
    this.#closing = { ws, code: goodbye.code, why: fittingReason(goodbye.why) };
    this.#home.closings.add(this);
  }

  ask(): void {
    this.#closing?.ws.ping(LAST_PING);
  }

  /**
   * M21: the far end has read its last text, or its time is up. Within a cork the library sends no FIN behind the close frame:
   * a FIN makes Firefox forget texts that it has not told its page yet. The far end closes, or the library cuts in 4 s.
   */
  part(): void {
    if (this.#closing === undefined) return;
    const { ws, code, why } = this.#closing;
    if (ws.getBufferedAmount() > 0) return void ws.close();
    ws.cork(() => ws.end(code, why));
  }
}
