import type { PeerId, RealmKey } from './ids.ts';
import type { MessageKind } from './message.ts';
import type { Millis } from './time.ts';

/** The outcome of an offer. `unanswered`: neither an answer nor an expiry within the observed time. */
export type HandshakeOutcome = 'answered' | 'expired' | 'unanswered';

/** Receives the outcome of each offer. @param span the time since the offer. */
export type HandshakeListener = (outcome: HandshakeOutcome, span: Millis) => void;

/** Longer than clients wait for an answer. */
const MAX_WAIT: Millis = 30_000;
/** Further offers are not observed. */
const MAX_OFFERS = 10_000;

interface Offer {
  readonly pair: string;
  readonly at: Millis;
  isOpen: boolean;
}

/** Matches offers with their answers, for metrics, in a bounded table. No rule depends on it. */
export class Handshakes {
  readonly #listener: HandshakeListener;
  /** Offers of one pair of peers, the oldest first. */
  readonly #byPair = new Map<string, Offer[]>();
  /** All offers by age; closed ones are removed when they are the oldest. */
  #queue: Offer[] = [];
  #first = 0;

  constructor(listener: HandshakeListener) {
    this.#listener = listener;
  }

  /** Number of observed offers. */
  get size(): number {
    return this.#queue.length - this.#first;
  }

  /** A peer of this node has sent an offer. */
  offered(realm: RealmKey, from: PeerId, to: PeerId, now: Millis): void {
    this.expire(now);
    if (this.size >= MAX_OFFERS) return;
    const offer: Offer = { pair: pairOf(realm, from, to), at: now, isOpen: true };
    const offers = this.#byPair.get(offer.pair);
    if (offers === undefined) this.#byPair.set(offer.pair, [offer]);
    else offers.push(offer);
    this.#queue.push(offer);
  }

  /** A message was written to `to`, a peer of this node. */
  delivered(realm: RealmKey, kind: MessageKind, from: PeerId, to: PeerId, now: Millis): void {
    if (kind !== 'answer' && kind !== 'expire') return;
    if (this.size === 0) return;
    const pair = pairOf(realm, to, from);
    const offers = this.#byPair.get(pair);
    // An EXPIRE is about all messages of the pair.
    for (let left = kind === 'answer' ? 1 : (offers?.length ?? 0); left > 0; left--) {
      const offer = offers?.shift();
      if (offer !== undefined) this.#close(offer, kind === 'answer' ? 'answered' : 'expired', now);
    }
    if (offers?.length === 0) this.#byPair.delete(pair);
  }

  /** Closes the offers that have waited too long. The cost is proportional to their number. */
  expire(now: Millis): void {
    for (let oldest = this.#queue[this.#first]; oldest !== undefined; oldest = this.#queue[this.#first]) {
      if (oldest.isOpen && now - oldest.at < MAX_WAIT) break;
      this.#first += 1;
      if (!oldest.isOpen) continue;
      const offers = this.#byPair.get(oldest.pair);
      offers?.shift();
      if (offers?.length === 0) this.#byPair.delete(oldest.pair);
      this.#close(oldest, 'unanswered', now);
    }
    if (this.#first === this.#queue.length || this.#first >= MAX_OFFERS) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }

  #close(offer: Offer, outcome: HandshakeOutcome, now: Millis): void {
    offer.isOpen = false;
    this.#listener(outcome, now - offer.at);
  }
}

function pairOf(realm: RealmKey, from: PeerId, to: PeerId): string {
  return `${realm}\0${from}\0${to}`;
}
