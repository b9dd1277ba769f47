import type { PeerId } from './ids.ts';
import type { Owner } from './token.ts';
import { HELD_MESSAGE_BYTES, textBytes } from './memory-sizes.ts';

/** What is carried between peers, and what the broker itself tells one (`leave`, `expire`). */
export type MessageKind = 'offer' | 'answer' | 'candidate' | 'leave' | 'expire';

/**
 * The sender's bytes, never looked into and never rebuilt. They are borrowed for the current turn:
 * who keeps a message longer keeps a copy (see `keep`).
 */
export type Payload = Uint8Array;

/** One message. `from` is always the id that the sender registered (promise 1). */
export interface SignalMessage {
  readonly kind: MessageKind;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly payload: Payload | undefined;
  /**
   * M15: of an offer, an answer or a candidate: the sender, which alone is told what becomes of it. Of a notice of the broker:
   * the peer that alone may receive it. Undefined where neither matters, and where a store has not kept it.
   */
  readonly owner?: Owner | undefined;
}

/** What a sender wrote, as its dialect read it. */
export interface OutgoingMessage {
  readonly kind: MessageKind;
  /** As it was written: it may name nobody, or be something that nobody can be named. */
  readonly to: string | undefined;
  readonly payload: Payload | undefined;
}

/** A copy that outlives the turn. (Not by `slice`, which copies nothing where the bytes are a Node buffer.) */
export function copyMessage(message: SignalMessage): SignalMessage {
  if (message.payload === undefined) return message;
  const { kind, from, to, payload, owner } = message;
  return { kind, from, to, payload: new Uint8Array(payload), owner };
}

/** M13: what a held message counts against the bounds, in bytes: what it takes where nothing else waits in its mailbox. */
export function heldMessageBytes({ payload, from, to }: Pick<SignalMessage, 'payload' | 'from' | 'to'>): number {
  return HELD_MESSAGE_BYTES + textBytes(from) + textBytes(to) + (payload?.byteLength ?? 0);
}

/** M14, M16: tells `to`, while it is `owner`'s, that `absent` can't be reached (`expire`) or is gone (`leave`). */
export function notice(kind: 'expire' | 'leave', absent: PeerId, to: PeerId, owner?: Owner): SignalMessage {
  return { kind, from: absent, to, payload: undefined, owner };
}

/** Whether it is worth keeping for a peer that is away (M13), and worth a word to its sender when lost (M16). */
export function needsDelivery(kind: MessageKind): boolean {
  return kind !== 'leave' && kind !== 'expire';
}
