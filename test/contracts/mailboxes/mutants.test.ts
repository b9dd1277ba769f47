import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { ExpiredInRealm, HoldOutcome, MailboxPeer } from '../../../src/application/ports/mailbox-store.ts';
import { realmKey, type PeerId, type RealmKey } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { heldMessageBytes, type SignalMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { CLAUSES, limitsOf } from './contract.ts';
import { mailboxOwner, type Usage } from './fixture.ts';

type PutAnswer = (outcome: HoldOutcome) => void;
type TakeAnswer = (messages: readonly SignalMessage[], unread: readonly PeerId[]) => void;
type ExpireAnswer = (expired: readonly ExpiredInRealm[]) => void;

/** Correct, and answers in a later turn. */
class LateStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => setImmediate(() => answer(outcome)));
  }

  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    super.take(taker, (messages) => setImmediate(() => answer(messages, [])));
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (expired) => setImmediate(() => answer(expired)));
  }
}

/** Reads the message after the call. */
class LazyStore extends LateStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    setImmediate(() => MemoryMailboxStore.prototype.put.call(this, realm, sender, message, now, answer));
  }
}

/** Removes taken messages one turn later. */
class SharingStore extends MemoryMailboxStore {
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

class BackwardStore extends MemoryMailboxStore {
  override take(taker: MailboxPeer, answer: TakeAnswer): void {
    super.take(taker, (messages) => answer([...messages].reverse(), []));
  }
}

/** Joins realm and id with a colon. */
class JoiningStore extends MemoryMailboxStore {
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
class SharedLimitStore extends MemoryMailboxStore {
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
class WholesaleStore extends MemoryMailboxStore {
  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (expired) => {
      for (const { realm, to } of expired) super.take(mailboxOwner(realm, to), () => undefined);
      answer(expired);
    });
  }
}

/** Returns each message, not each pair. */
class RepeatedPairStore extends MemoryMailboxStore {
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
    super.expire(now, (expired) => answer(expired.length === 0 ? [] : due.map(({ arrivedAt: _, ...pair }) => pair)));
  }
}

class TextStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const payload = message.payload && new TextEncoder().encode(new TextDecoder().decode(message.payload));
    super.put(realm, sender, { ...message, payload }, now, answer);
  }
}

class RepeatingStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => {
      answer(outcome);
      answer(outcome);
    });
  }
}

/** Stores no owner. */
class OwnerlessStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, { ...message, owner: undefined }, now, answer);
  }
}

/** Treats each token object as a separate owner, also with the same text. */
class TokenIdentityStore extends MemoryMailboxStore {
  readonly #pairs: (ExpiredInRealm & { owner: unknown })[] = [];

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    const { from, to, owner } = message;
    if (owner !== undefined && !this.#pairs.some((pair) => pair.owner === owner)) this.#pairs.push({ realm, from, to, owner });
    super.put(realm, sender, message, now, answer);
  }

  override expire(now: Millis, answer: ExpireAnswer): void {
    super.expire(now, (expired) => answer(expired.some(({ owner }) => owner !== undefined) ? this.#pairs : expired));
  }
}

class EarlyDeadlineStore extends MemoryMailboxStore {
  override nextDeadline(): Millis {
    return super.nextDeadline() - 1;
  }
}

/** Counts every rejected message as a mailbox. */
class LeakyStore extends MemoryMailboxStore {
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

const MUTANTS: readonly { fault: string; make(limits: MailboxLimits): MemoryMailboxStore; fails: readonly string[] }[] = [
  {
    fault: 'reads a message after the call',
    make: (limits) => new LazyStore(limits),
    fails: [
      'calls each answer once, in the order of the calls',
      'M13: put copies the payload: the caller may overwrite it after the call',
      "M13: put copies the payload also of Node's buffers, whose `slice` does not copy",
    ],
  },
  {
    fault: 'removes taken messages too late',
    make: (limits) => new SharingStore(limits),
    fails: ['O11: concurrent takes return no message twice'],
  },
  {
    fault: 'returns the newest message first',
    make: (limits) => new BackwardStore(limits),
    fails: [
      'O11, M17: take returns all waiting messages in the order of arrival',
      'M2: a message is returned unchanged',
      'M14: an expired message is not taken, and the remaining messages keep their order',
    ],
  },
  {
    fault: 'joins realm and id by a colon',
    make: (limits) => new JoiningStore(limits),
    fails: ['O2: realm and id are not confused by any separator'],
  },
  {
    fault: 'shares one limit between all realms',
    make: (limits) => new SharedLimitStore(limits),
    fails: ['M13: a full mailbox does not limit other mailboxes, and a full realm does not limit other realms'],
  },
  {
    fault: 'drops a mailbox with its oldest message',
    make: (limits) => new WholesaleStore(limits),
    fails: [
      'M13: a mailbox counts for a sender until its last message there has expired',
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: each pair of sender and absent peer is returned once for each sweep',
      'M14: an expired message is not taken, and the remaining messages keep their order',
      'M14: the next deadline is that of the oldest message, and NEVER without messages',
    ],
  },
  {
    fault: 'returns a pair twice',
    make: (limits) => new RepeatedPairStore(limits),
    fails: [
      'M14: each pair of sender and absent peer is returned once for each sweep',
      'M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once',
    ],
  },
  {
    fault: 'treats payloads as text',
    make: (limits) => new TextStore(limits),
    fails: ['M2: a message is returned unchanged'],
  },
  {
    fault: 'answers twice',
    make: (limits) => new RepeatingStore(limits),
    fails: ['calls each answer once, in the order of the calls'],
  },
  {
    fault: 'stores no owner',
    make: (limits) => new OwnerlessStore(limits),
    fails: [
      'M15: a message and a notice keep the proof of their owner',
      'M15: a returned proof can be stored again',
      'M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once',
    ],
  },
  {
    fault: 'treats a returning owner as another one',
    make: (limits) => new TokenIdentityStore(limits),
    fails: ['M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once'],
  },
  {
    fault: 'returns a deadline that is too early',
    make: (limits) => new EarlyDeadlineStore(limits),
    fails: ['M14: the next deadline is that of the oldest message, and NEVER without messages'],
  },
  {
    fault: 'counts rejected messages',
    make: (limits) => new LeakyStore(limits),
    fails: ['M13: a rejected message uses no memory'],
  },
];

/** Each limit, and the clauses that detect an off-by-one error. */
const BOUNDS: readonly { bound: keyof MailboxLimits; fails: readonly string[] }[] = [
  {
    bound: 'mailboxMessages',
    fails: ['M13: the message limit of a mailbox is exact; taken and expired messages do not count'],
  },
  {
    bound: 'mailboxBytes',
    fails: ['M13: the byte limit of a mailbox is exact; taken and expired messages do not count'],
  },
  {
    bound: 'realmMailboxBytes',
    fails: ['M13: the byte limit of a realm is exact; taken and expired messages do not count'],
  },
  {
    bound: 'mailboxesPerSender',
    fails: ['M13: the mailbox limit of a sender is exact; taken and expired messages do not count'],
  },
  {
    bound: 'expireTimeout',
    fails: [
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: the next deadline is that of the oldest message, and NEVER without messages',
    ],
  },
];

describe('the mailbox store contract', () => {
  for (const { fault, make, fails } of MUTANTS) {
    it(`detects a store that ${fault}`, async () => {
      expect(await failures(make)).toEqual(fails);
    });
  }

  for (const { bound, fails } of BOUNDS) {
    it.each([1, -1])(`detects a store whose ${bound} is off by %i`, async (by) => {
      expect(await failures((limits) => new MemoryMailboxStore({ ...limits, [bound]: limits[bound] + by }))).toEqual(fails);
    });
  }

  it('accepts a store that answers in a later turn', async () => {
    expect(await failures((limits) => new LateStore(limits))).toEqual([]);
  });
});

async function failures(make: (limits: MailboxLimits) => MemoryMailboxStore): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of CLAUSES) {
    const store = make(limitsOf(clause));
    const subject = { store, usage: async () => store.usage(), dispose: () => Promise.resolve() };
    await clause.run(subject).catch(() => failed.push(clause.name));
  }
  return failed;
}
