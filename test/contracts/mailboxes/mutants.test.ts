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

/** Correct, and every answer comes in a later turn. */
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

/** Reads the message when it gets round to it. */
class LazyStore extends LateStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    setImmediate(() => MemoryMailboxStore.prototype.put.call(this, realm, sender, message, now, answer));
  }
}

/** Throws away what it handed out one turn later. */
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

/** Names a mailbox by its realm and its peer, with a colon between them. */
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

/** Gives all realms one room. */
class CrowdedStore extends MemoryMailboxStore {
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

/** Tells of each message, not of each pair. */
class ChattyStore extends MemoryMailboxStore {
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

/** Keeps no owner. */
class OwnerlessStore extends MemoryMailboxStore {
  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, { ...message, owner: undefined }, now, answer);
  }
}

/** Takes each token for an owner of its own, though two have the same text. */
class SuspiciousStore extends MemoryMailboxStore {
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

class HurriedStore extends MemoryMailboxStore {
  override nextDeadline(): Millis {
    return super.nextDeadline() - 1;
  }
}

/** Never forgets a mailbox that it had to turn somebody away from. */
class LeakyStore extends MemoryMailboxStore {
  #turnedAway = 0;

  override put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: PutAnswer): void {
    super.put(realm, sender, message, now, (outcome) => {
      if (outcome === 'full') this.#turnedAway += 1;
      answer(outcome);
    });
  }

  override usage(): Usage {
    const { mailboxes, bytes } = super.usage();
    return { mailboxes: mailboxes + this.#turnedAway, bytes };
  }
}

const MUTANTS: readonly { fault: string; make(limits: MailboxLimits): MemoryMailboxStore; dies: readonly string[] }[] = [
  {
    fault: 'reads a message after the call',
    make: (limits) => new LazyStore(limits),
    dies: [
      'each answer comes once, in the order of the calls',
      'M13: what is kept is a copy: the borrowed payload may be written over right after the call',
      "M13: what is kept is a copy, also of Node's buffers, whose `slice` makes none",
    ],
  },
  {
    fault: 'throws away late what it handed out',
    make: (limits) => new SharingStore(limits),
    dies: ['O11: two that take at once share nothing'],
  },
  {
    fault: 'takes the youngest first',
    make: (limits) => new BackwardStore(limits),
    dies: [
      'O11, M17: take gives all that waits, in the order it came',
      'M2: a message comes back as it was put',
      'M14: what has expired is not taken any more, and what is left keeps its order',
    ],
  },
  {
    fault: 'joins realm and id by a colon',
    make: (limits) => new JoiningStore(limits),
    dies: ['O2: realm and id do not run together, whatever stands between them'],
  },
  {
    fault: 'gives all realms one room',
    make: (limits) => new CrowdedStore(limits),
    dies: ['M13: a full mailbox leaves room to others, and a full realm to other realms'],
  },
  {
    fault: 'drops a mailbox with its oldest message',
    make: (limits) => new WholesaleStore(limits),
    dies: [
      'M13: a sender has a mailbox until the last of its messages there has expired',
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: each pair of sender and absent peer is told once for each sweep',
      'M14: what has expired is not taken any more, and what is left keeps its order',
      'M14: the next deadline is that of the oldest message of all, and NEVER where nothing waits',
    ],
  },
  {
    fault: 'tells a pair twice',
    make: (limits) => new ChattyStore(limits),
    dies: [
      'M14: each pair of sender and absent peer is told once for each sweep',
      'M15: what has expired names its owner: two owners of one id are told apart, one that is back is told once',
    ],
  },
  {
    fault: 'takes payloads for text',
    make: (limits) => new TextStore(limits),
    dies: ['M2: a message comes back as it was put'],
  },
  {
    fault: 'answers twice',
    make: (limits) => new RepeatingStore(limits),
    dies: ['each answer comes once, in the order of the calls'],
  },
  {
    fault: 'keeps no owner',
    make: (limits) => new OwnerlessStore(limits),
    dies: [
      'M15: a message and a notice come back with the proof of their owner',
      'M15: the proof that came back can be kept again',
      'M15: what has expired names its owner: two owners of one id are told apart, one that is back is told once',
    ],
  },
  {
    fault: 'takes an owner that is back for another one',
    make: (limits) => new SuspiciousStore(limits),
    dies: ['M15: what has expired names its owner: two owners of one id are told apart, one that is back is told once'],
  },
  {
    fault: 'wakes the sweeper too early',
    make: (limits) => new HurriedStore(limits),
    dies: ['M14: the next deadline is that of the oldest message of all, and NEVER where nothing waits'],
  },
  {
    fault: 'leaves a trace of what found no room',
    make: (limits) => new LeakyStore(limits),
    dies: ['M13: what found no room leaves no trace'],
  },
];

/** Each bound, and where it is seen that it is one too much or too little. */
const BOUNDS: readonly { bound: keyof MailboxLimits; dies: readonly string[] }[] = [
  {
    bound: 'mailboxMessages',
    dies: ['M13: a mailbox takes its last message, and not one more; what is taken or expired makes room'],
  },
  {
    bound: 'mailboxBytes',
    dies: ['M13: a mailbox takes its last byte, and not one more; what is taken or expired makes room'],
  },
  {
    bound: 'realmMailboxBytes',
    dies: ['M13: a realm takes its last byte, and not one more; what is taken or expired makes room'],
  },
  {
    bound: 'mailboxesPerSender',
    dies: ['M13: a sender has its last mailbox, and not one more; what is taken or expired makes room'],
  },
  {
    bound: 'expireTimeout',
    dies: [
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: the next deadline is that of the oldest message of all, and NEVER where nothing waits',
    ],
  },
];

describe('a mailbox store that breaks a promise', () => {
  for (const { fault, make, dies } of MUTANTS) {
    it(`${fault}: fails where it is said, and nowhere else`, async () => {
      expect(await failures(make)).toEqual(dies);
    });
  }

  for (const { bound, dies } of BOUNDS) {
    it.each([1, -1])(`has ${bound} off by %i: fails where it is said, and nowhere else`, async (by) => {
      expect(await failures((limits) => new MemoryMailboxStore({ ...limits, [bound]: limits[bound] + by }))).toEqual(dies);
    });
  }

  it('and one that answers late breaks none', async () => {
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
