import type { ConnectionId } from '../domain/ids.ts';
import type { Session } from '../domain/session.ts';
import type { Clock } from './ports/clock.ts';
import type { MessageTap, SentFrame } from './ports/message-tap.ts';
import type { PeerTarget, TraceLine } from './ports/operations.ts';
import type { FrameRequest } from './ports/requests.ts';

/** A line of this node. */
export type LocalTraceLine = Omit<TraceLine, 'node'>;

interface OpenTrace extends PeerTarget {
  readonly onLine: (line: LocalTraceLine) => void;
}

const MAX_TRACES = 16;
/** Enough for every text that a client may give as a destination. */
const MAX_TEXT = 128;

/**
 * ADM6: shows the frames of single peers without their payloads, beside the tap of the embedding program. While no trace is open,
 * a frame costs one comparison.
 */
export class MessageTraces implements MessageTap {
  readonly #tap: MessageTap;
  readonly #clock: Clock;
  readonly #traces = new Set<OpenTrace>();

  constructor({ tap, clock }: { readonly tap: MessageTap; readonly clock: Clock }) {
    this.#tap = tap;
    this.#clock = clock;
  }

  get isEnabled(): boolean {
    return this.#traces.size > 0 || this.#tap.isEnabled;
  }

  /** @returns the function that ends the trace; undefined if too many traces are open. */
  open({ realm, id }: PeerTarget, onLine: (line: LocalTraceLine) => void): (() => void) | undefined {
    if (this.#traces.size >= MAX_TRACES) return undefined;
    const trace = { realm, id, onLine };
    this.#traces.add(trace);
    return () => void this.#traces.delete(trace);
  }

  received(sender: Session, request: FrameRequest, bytes: number): void {
    if (this.#tap.isEnabled) this.#tap.received(sender, request, bytes);
    for (const trace of this.#traces) {
      if (!isAbout(trace, sender)) continue;
      const isRelayed = request.action === 'relay';
      const type = isRelayed ? request.kind : request.action;
      const to = isRelayed ? request.to?.slice(0, MAX_TEXT) : undefined;
      trace.onLine({ at: this.#clock.now(), way: 'in', type, from: sender.id, to, bytes });
    }
  }

  sent(connection: ConnectionId, text: Uint8Array, frame: SentFrame): void {
    if (this.#tap.isEnabled) this.#tap.sent(connection, text, frame);
    const { session, message } = frame;
    if (session === undefined) return;
    for (const trace of this.#traces) {
      if (!isAbout(trace, session)) continue;
      const type = message?.kind ?? 'frame';
      trace.onLine({ at: this.#clock.now(), way: 'out', type, from: message?.from, to: session.id, bytes: text.length });
    }
  }
}

function isAbout({ realm, id }: OpenTrace, session: Session): boolean {
  return session.id === id && session.realm.key === realm;
}
