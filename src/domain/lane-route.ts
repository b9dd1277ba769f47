import { impossible } from './invariant.ts';
import { copyMessage, heldMessageBytes, type SignalMessage } from './message.ts';
import type { Millis } from './time.ts';

/**
 * `mailbox`: messages are put into the mailbox of the receiver. `locating`: the same, and the node of the receiver is looked up.
 * `opening`: messages wait until all puts are answered and the lane is open. `open`: messages are sent on the lane. `closing`:
 * messages wait until the receiver of the link has reported which messages of the lane it has handled.
 */
export type RouteState = 'mailbox' | 'locating' | 'opening' | 'open' | 'closing';

/** The way of the next message. `locate`: into the mailbox, and the receiver is to be looked up. */
export type Way = 'put' | 'locate' | 'wait' | 'send' | 'close';

/** Until the next attempt after the peer was not found at another node, or its lane was refused or closed. */
const RETRY_MS: Millis = 500;
/** The same if the peer was found, and a link to its node is being opened. */
const LINK_MS: Millis = 50;
/** An opening or closing lane without an answer for this time is abandoned. */
const PATIENCE_MS: Millis = 2_000;
/** A route without a message for this time is forgotten. */
const IDLE_MS: Millis = 60_000;
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * The way of the messages from one connection of this node to one peer id. All messages use one way at a time, so that none
 * overtakes another.
 */
export class LaneRoute {
  #state: RouteState = 'mailbox';
  /** Puts without an answer. */
  #puts = 0;
  /** Whether a message was held for the peer. The first message never opens a lane, because many peers send only one. */
  #hasHeld = false;
  /** Whether it is unknown if the engine has stored a message. It may appear in the mailbox at any time. */
  #isUncertain = false;
  #retryAt: Millis = Number.NEGATIVE_INFINITY;
  #since: Millis = 0;
  #usedAt: Millis = 0;
  #waiting: SignalMessage[] = [];
  #waitingBytes = 0;

  get state(): RouteState {
    return this.#state;
  }

  /** Whether all puts are answered, and each of them certainly. */
  get isSettled(): boolean {
    return this.#puts === 0 && !this.#isUncertain;
  }

  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  /** The way of a message. @param isTrusted whether this node owns its ids for certain. */
  next(now: Millis, isTrusted: boolean): Way {
    this.#usedAt = now;
    switch (this.#state) {
      case 'mailbox':
        if (!isTrusted || !this.#hasHeld || this.#isUncertain || now < this.#retryAt) return 'put';
        this.#state = 'locating';
        return 'locate';
      case 'locating':
        return 'put';
      case 'open':
        if (isTrusted) return 'send';
        this.closing(now);
        return 'close';
      case 'opening':
      case 'closing':
        return 'wait';
      default:
        return impossible(this.#state);
    }
  }

  putSent(): void {
    this.#puts += 1;
  }

  /** @param outcome `unknown`: the engine may have stored the message, or may store it later. */
  putAnswered(outcome: 'held' | 'rejected' | 'unknown'): void {
    this.#puts -= 1;
    if (outcome === 'held') this.#hasHeld = true;
    if (outcome === 'unknown') this.#isUncertain = true;
  }

  /** The peer is at a node with a link. From now on messages wait. */
  opening(now: Millis): void {
    this.#state = 'opening';
    this.#since = now;
  }

  closing(now: Millis): void {
    this.#state = 'closing';
    this.#since = now;
  }

  /** The lane is open. @returns the messages to send on it first. */
  opened(): readonly SignalMessage[] {
    this.#state = 'open';
    return this.#takeWaiting();
  }

  /**
   * Messages use the mailbox again.
   * @param isLinkMissing whether only the link is missing for a lane.
   * @returns the messages to put first.
   */
  toMailbox(now: Millis, isLinkMissing = false): readonly SignalMessage[] {
    this.#state = 'mailbox';
    this.#retryAt = now + (isLinkMissing ? LINK_MS : RETRY_MS);
    return this.#takeWaiting();
  }

  /** Keeps a copy. @returns false if too much waits. */
  wait(message: SignalMessage): boolean {
    const bytes = heldMessageBytes(message);
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) return false;
    this.#waiting.push(copyMessage(message));
    this.#waitingBytes += bytes;
    return true;
  }

  /** Whether the other node has not answered in time. */
  isOverdue(now: Millis): boolean {
    return (this.#state === 'opening' || this.#state === 'closing') && now - this.#since > PATIENCE_MS;
  }

  /** Whether the route can be forgotten, after its lane is closed. */
  isIdle(now: Millis): boolean {
    return (this.#state === 'mailbox' || this.#state === 'open') && this.#puts === 0 && now - this.#usedAt > IDLE_MS;
  }

  #takeWaiting(): readonly SignalMessage[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waiting;
  }
}
