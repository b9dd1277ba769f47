import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/weights.ts';
import { closedByBroker, closedByFarEnd, CUT, fittingReason, type Goodbye, GOODBYES } from '../shared/goodbyes.ts';
import type { Reports } from '../shared/reports.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';

/** What all sockets of a transport have in common. */
export interface Home {
  readonly limits: ConnectionLimits;
  readonly turnEnd: TurnEnd;
}

/** What leaves at the end of the turn, and the messages that it tells. */
interface Waiting {
  readonly frames: Buffer[];
  readonly messages: SignalMessage[];
  bytes: number;
}

/** A control frame of a client has a head of two bytes and a mask of four. */
const CONTROL_HEAD_BYTES = 6;

/** One connection of `ws`. What one turn of the event loop brings for it leaves in one write. */
export class NodeSocket implements Socket, Corked {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #reports: Reports;
  readonly #home: Home;
  /** The `close` of `ws`, without what the constructor adds to it. */
  readonly #sayGoodbye: WebSocket['close'];
  /** B1: what `ws` keeps of the chunks since the last whole message. */
  #incompleteBytes = 0;
  /** Of control frames, in the chunk that `ws` has just read. */
  #controlBytes = 0;
  /** A message was complete within the chunk that `ws` has just read. */
  #isComplete = false;
  /** Undefined where nothing was written in this turn. */
  #waiting: Waiting | undefined = undefined;

  /** @param stream what `ws` writes to. */
  constructor(ws: WebSocket, stream: Duplex, { reports, home }: { readonly reports: Reports; readonly home: Home }) {
    this.#ws = ws;
    this.#stream = stream;
    this.#reports = reports;
    this.#home = home;
    this.#sayGoodbye = ws.close.bind(ws);
    stream.on('drain', () => reports.unread(0));
    // L2: `ws` answers the far end's close frame by calling its own `close`; its event `close` waits for the end of TCP.
    ws.close = (code, why): void => {
      this.ended(code ?? 1005);
      this.#sayGoodbye(code, why);
    };
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (!this.#isOpen) return 'gone';
    if (this.#isTooFarBehind(text.length)) {
      this.#end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    if (this.#waiting === undefined) {
      this.#waiting = { frames: [], messages: [], bytes: 0 };
      this.#home.turnEnd.awaitedBy(this);
    }
    this.#waiting.frames.push(Buffer.from(text));
    this.#waiting.bytes += text.length;
    if (message !== undefined) this.#waiting.messages.push(message);
    return this.#unsentBytes >= this.#stream.writableHighWaterMark ? 'queued' : 'sent';
  }

  uncork(): void {
    if (this.#waiting === undefined || !this.#isOpen) return;
    const { frames } = this.#waiting;
    this.#waiting = undefined;
    this.#stream.cork();
    for (const frame of frames) this.#ws.send(frame, { binary: false });
    this.#stream.uncork();
    this.#reports.unread(unreadBytes(this.#stream));
  }

  ping(): void {
    if (this.#isOpen) this.#ws.ping();
  }

  /** M20: `ws` has answered already, whether or not the far end reads. */
  pinged(payloadBytes: number): void {
    this.ponged(payloadBytes);
    if (this.#ws.bufferedAmount > this.#home.limits.sendBufferBytes) this.#end(GOODBYES.readsTooSlowly);
  }

  ponged(payloadBytes: number): void {
    this.#controlBytes += CONTROL_HEAD_BYTES + payloadBytes;
    this.#reports.alive();
  }

  /**
   * B1: `ws` has read a chunk, and keeps what completes no message. The rest of a chunk behind a whole message is not counted:
   * at most 64 KiB.
   */
  read(bytes: number): void {
    const kept = bytes - this.#controlBytes;
    if (this.#isComplete) this.#incompleteBytes = 0;
    else this.#incompleteBytes = Math.max(0, this.#incompleteBytes + kept + (kept > 0 ? QUEUED_FRAME_BYTES : 0));
    this.#isComplete = false;
    this.#controlBytes = 0;
    this.#reports.incomplete(this.#incompleteBytes);
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
    this.#isComplete = true;
    if (bytes.length > this.#home.limits.maxFrameBytes) return this.#end(GOODBYES.tooBig);
    if (!this.#reports.frame(bytes, isBinary)) this.#end(GOODBYES.sendsTooFast);
  }

  /**
   * L2: the connection is over, or its far end has closed it: what has not left stays here (M16).
   * @param code of the close frame that was received; 1006 for none.
   */
  ended(code: number): void {
    for (const message of this.#waiting?.messages ?? []) this.#reports.unsent(message);
    this.#waiting = undefined;
    this.#reports.closed(closedByFarEnd(code));
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#reports.hearNoMore(CUT);
    this.#ws.terminate();
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  get #unsentBytes(): number {
    return this.#ws.bufferedAmount + (this.#waiting?.bytes ?? 0);
  }

  /** What waits for the end of the turn may all leave at once: whether it does is seen before it is judged. */
  #isTooFarBehind(added: number): boolean {
    const { sendBufferBytes } = this.#home.limits;
    if (this.#unsentBytes + added > sendBufferBytes) this.uncork();
    const unread = this.#ws.bufferedAmount;
    return unread > 0 && unread + added > sendBufferBytes;
  }

  #end(goodbye: Goodbye): void {
    if (!this.#isOpen) return;
    this.#reports.hearNoMore(closedByBroker(goodbye));
    this.uncork();
    this.#sayGoodbye(goodbye.code, fittingReason(goodbye.why));
    // The far end's own goodbye has to be read.
    this.#ws.resume();
  }
}

/** B1: what is below the mark of the stream comes without an event when it has left, so it is not counted. */
export function unreadBytes({ writableNeedDrain, writableLength }: Pick<Duplex, 'writableNeedDrain' | 'writableLength'>): number {
  return writableNeedDrain ? writableLength : 0;
}
