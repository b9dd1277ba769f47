import { MemoryMailboxStore } from '../../adapters/mailboxes/memory/store.ts';
import type {
  ExpireAnswer,
  ExpiredInRealm,
  HoldAnswer,
  MailboxPeer,
  TakeAnswer as FullTakeAnswer,
} from '../../application/ports/mailbox-store.ts';
import { realmKey, type PeerId, type RealmKey } from '../../domain/ids.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import { heldMessageBytes, type SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import { mailboxOwner, type Usage } from './fixture.ts';

/* Stores with one fault each. */

type PutAnswer = HoldAnswer;
type TakeAnswer = (messages: readonly SignalMessage[], unread: readonly PeerId[]) => void;

/** Correct, and answers in a later turn. */
export class LateStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => setImmediate(() => answer(outcome)));
  }

  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    super.take(taker, (messages) => setImmediate(() => answer(messages, [])));
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (...expired) => setImmediate(() => answer(...expired)));
  }
}

/** Reads the message after the call. */
export class LazyStore extends LateStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    setImmediate(() => MemoryMailboxStore.prototype.put.call(this, realm, sender, message, now, answer));
  }
}

/** Removes taken messages one turn later. */
export class SharingStore extends MemoryMailboxStore {
  readonly #handedOut = new Map<PeerId, readonly SignalMessage[]>();

  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    const before = this.#handedOut.get(taker.id);
    if (before !== undefined) return answer(before, []);
    super.take(taker, (messages) => {
      this.#handedOut.set(taker.id, messages);
      queueMicrotask(() => this.#handedOut.delete(taker.id));
      answer(messages, []);
    });
  }
}

export class BackwardStore extends MemoryMailboxStore {
  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    super.take(taker, (messages) => answer([...messages].reverse(), []));
  }
}

/** Joins realm and id with a colon. */
export class JoiningStore extends MemoryMailboxStore {
  override put(realm: RealmKey, _sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const [shorter, longer] = split(`${realm}:${message.to}`);
    super.put(shorter, mailboxOwner(shorter, message.from), { ...message, to: longer }, now, answer);
  }

  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    const [shorter, longer] = split(`${taker.realm.key}:${taker.id}`);
    super.take(mailboxOwner(shorter, longer), (messages) =>
      answer(
        messages.map((message) => ({ ...message, to: taker.id })),
        [],
      ),
    );
  }
}

function split(place: string): [RealmKey, PeerId] {
  const [realm = '', ...id] = place.split(':');
  return [realmKey(realm), id.join(':') as PeerId];
}

/** Shares one limit between all realms. */
export class SharedLimitStore extends MemoryMailboxStore {
  readonly #limits: MailboxLimits;

  constructor(limits: MailboxLimits) {
    super(limits);
    this.#limits = limits;
  }

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    if (this.usage().bytes + heldMessageBytes(message) > this.#limits.realmMailboxBytes) return answer('full');
    super.put(realm, sender, message, now, answer);
  }
}

/** Drops a mailbox with its first message, as `peer` does. */
export class WholesaleStore extends MemoryMailboxStore {
  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (expired, isMore) => {
      for (const { realm, to } of expired) super.take(mailboxOwner(realm, to), () => undefined);
      answer(expired, isMore);
    });
  }
}

/** Returns a pair again in a later slice. */
export class ForgetfulStore extends MemoryMailboxStore {
  #calls = 0;

  override expire(now: Millis, answer: ExpireAnswer): void {
    this.#calls += 1;
    super.expire(now + this.#calls / 1_000_000, answer);
  }
}

/** Returns each message, not each pair. */
export class RepeatedPairStore extends MemoryMailboxStore {
  readonly #limits: MailboxLimits;
  #held: (ExpiredInRealm & { readonly arrivedAt: Millis })[] = [];

  constructor(limits: MailboxLimits) {
    super(limits);
    this.#limits = limits;
  }

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const { from, to, owner } = message;
    this.#held.push({ realm, from, to, owner, arrivedAt: now });
    super.put(realm, sender, message, now, answer);
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    const due = this.#held.filter(({ arrivedAt }) => now - arrivedAt >= this.#limits.expireTimeout);
    this.#held = this.#held.filter((held) => !due.includes(held));
    super.expire(now, (expired, isMore) =>
      answer(expired.length === 0 ? [] : due.map(({ arrivedAt: _, ...pair }) => pair), isMore),
    );
  }
}

export class TextStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const payload = message.payload && new TextEncoder().encode(new TextDecoder().decode(message.payload));
    super.put(realm, sender, { ...message, payload }, now, answer);
  }
}

export class RepeatingStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => {
      answer(outcome);
      answer(outcome);
    });
  }
}

/** Stores no owner. */
export class OwnerlessStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, { ...message, owner: undefined }, now, answer);
  }
}

/** Treats each token object as a separate owner, also with the same text. */
export class TokenIdentityStore extends MemoryMailboxStore {
  readonly #pairs: (ExpiredInRealm & { owner: unknown })[] = [];

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const { from, to, owner } = message;
    if (owner !== undefined && !this.#pairs.some((pair) => pair.owner === owner)) this.#pairs.push({ realm, from, to, owner });
    super.put(realm, sender, message, now, answer);
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (expired, isMore) =>
      answer(expired.some(({ owner }) => owner !== undefined) ? this.#pairs : expired, isMore),
    );
  }
}

export class EarlyDeadlineStore extends MemoryMailboxStore {
  override nextDeadline(): Millis {
    return super.nextDeadline() - 1;
  }
}

/** Counts every rejected message as a mailbox. */
export class LeakyStore extends MemoryMailboxStore {
  #rejected = 0;

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => {
      if (outcome === 'full') this.#rejected += 1;
      answer(outcome);
    });
  }

  override usage(): Usage {
    const { mailboxes, bytes } = super.usage();
    return { mailboxes: mailboxes + this.#rejected, bytes };
  }
}

/** Names the wrong limit of a rejected message. */
export class MislabellingStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => answer(outcome, 'address'));
  }
}

/** Reports one waiting time for all messages of a take. */
export class OneWaitStore extends MemoryMailboxStore {
  override take(taker: MailboxPeer, answer: FullTakeAnswer, now?: Millis): void {
    super.take(taker, (messages, unread, claim, waits = []) => answer(messages, unread, claim, waits.slice(0, 1)), now);
  }
}
