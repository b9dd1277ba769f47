import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { closedByBroker, CUT, fittingReason, type Goodbye, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import type { MemoryFarEnd } from './far-end.ts';

// Throws for what is no UTF-8: a broker that sends such a text is broken.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What all sockets of a transport have in common. */
interface MemoryHome {
  readonly limits: ConnectionLimits;
  readonly forget: (socket: MemorySocket) => void;
  readonly later: (turn: () => void) => void;
}

/** One connection that leads to another object of this process. */
export class MemorySocket implements Socket {
  readonly #farEnd: MemoryFarEnd;
  readonly #reports: Reports;
  readonly #limits: ConnectionLimits;
  readonly #forget: (socket: MemorySocket) => void;
  readonly #later: (turn: () => void) => void;
  #isOver = false;

  constructor(farEnd: MemoryFarEnd, reports: Reports, { limits, forget, later }: MemoryHome) {
    this.#farEnd = farEnd;
    this.#reports = reports;
    this.#limits = limits;
    this.#forget = forget;
    this.#later = later;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#isOver) return 'gone';
    const unread = this.#farEnd.unreadBytes;
    if (unread > 0 && unread + text.length > this.#limits.sendBufferBytes) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    const isRead = this.#farEnd.arrived(decoder.decode(text), text.length, message);
    this.#reports.unread(this.#farEnd.unreadBytes);
    return isRead ? 'sent' : 'queued';
  }

  ping(): void {
    if (!this.#isOver && this.#farEnd.answersPings) this.#later(() => this.#reports.alive());
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  pause(): void {
    this.#reports.pause();
  }

  resume(): void {
    this.#reports.resume();
  }

  /** M18: what is too big is not reported. */
  arrived(bytes: Uint8Array, isBinary: boolean): void {
    if (bytes.length > this.#limits.maxFrameBytes) return this.#end(GOODBYES.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /** M20: the far end sent a ping. */
  pinged(): void {
    if (!this.#isOver && !this.#reports.alive()) this.#end(GOODBYES.sendsTooFast);
  }

  /** The far end has gone. @param unsent what it will never hear. */
  lost(end: ConnectionEnd, unsent: readonly SignalMessage[] = []): void {
    this.#isOver = true;
    for (const message of unsent) this.#reports.unsent(message);
    this.#reports.closed(end);
    this.#forget(this);
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#farEnd.dropped();
    this.lost(CUT);
  }

  #end(goodbye: Goodbye): void {
    if (this.#isOver) return;
    this.#farEnd.dismissed({ code: goodbye.code, why: fittingReason(goodbye.why) });
    this.lost(closedByBroker(goodbye));
  }
}
