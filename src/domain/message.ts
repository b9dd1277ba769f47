import type { PeerId } from './ids.ts';
import { HELD_MESSAGE_BYTES, textBytes } from './memory-sizes.ts';
import type { Owner } from './token.ts';

/** Kinds of messages between peers. The broker itself sends `leave` and `expire` as notices. */
export type MessageKind = 'offer' | 'answer' | 'candidate' | 'leave' | 'expire';

/**
 * The sender's bytes, never parsed and never rebuilt. They are borrowed for the current turn: code that keeps a message
 * longer must copy it (`copyMessage`).
 */
export type Payload = Uint8Array;

/** A message. `from` is always the registered id of the sender (promise 1). */
export interface SignalMessage {
  readonly kind: MessageKind;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly payload: Payload | undefined;
  /**
   * M15: for an offer, an answer or a candidate: the owner of the sender's id, the only receiver of notices about it. For a
   * notice: the owner that may receive it. Undefined for other messages, and if the store did not keep it.
   */
  readonly owner?: Owner | undefined;
}

/** A message as decoded from the sender's frame. */
export interface OutgoingMessage {
  readonly kind: MessageKind;
  /** Unvalidated: possibly unknown, or not a valid peer id. */
  readonly to: string | undefined;
  readonly payload: Payload | undefined;
}

/** A copy that outlives the turn. `slice` would not copy the bytes of a Node buffer. */
export function copyMessage(message: SignalMessage): SignalMessage {
  if (message.payload === undefined) return message;
  const { kind, from, to, payload, owner } = message;
  return { kind, from, to, payload: new Uint8Array(payload), owner };
}

/** M13: size of a held message for the limits, in bytes: its memory if it is alone in its mailbox. */
export function heldMessageBytes({ payload, from, to }: Pick<SignalMessage, 'payload' | 'from' | 'to'>): number {
  return HELD_MESSAGE_BYTES + textBytes(from) + textBytes(to) + (payload?.byteLength ?? 0);
}

/** M14, M16: a notice to `owner`, as the peer `to`: `absent` cannot be reached (`expire`) or has disconnected (`leave`). */
export function notice(kind: 'expire' | 'leave', absent: PeerId, to: PeerId, owner?: Owner): SignalMessage {
  return { kind, from: absent, to, payload: undefined, owner };
}

/** Whether the message is held for an absent peer (M13), and its loss is reported to its sender (M16). */
export function needsDelivery(kind: MessageKind): boolean {
  return kind !== 'leave' && kind !== 'expire';
}
