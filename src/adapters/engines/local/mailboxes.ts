import type {
  ExpireAnswer,
  HeldMessages,
  HoldAnswer,
  MailboxPeer,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import { heldMessageBytes, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { expiredFrom, messageFrom, sentMessage } from './calls.ts';
import type { HubCommands } from './commands.ts';

/** The mailboxes of the hub, as one node sees them. Messages expire by the clock of the hub. */
export class LocalMailboxStore implements MailboxStore {
  readonly #commands: HubCommands;
  readonly #expireTimeout: Millis;
  #nextDeadline: Millis = NEVER;

  constructor(commands: HubCommands, expireTimeout: Millis) {
    this.#commands = commands;
    this.#expireTimeout = expireTimeout;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    if (!this.#commands.hasRoom) return answer('full', 'engine');
    const peer = sender === undefined ? undefined : ([sender.id, sender.connection] as const);
    this.#commands.ask(
      ['put', realm, peer, sentMessage(message)],
      (outcome, exceeds) => {
        if (outcome === 'held') this.#scheduleExpiry(now + this.#expireTimeout);
        answer(outcome, exceeds);
      },
      () => answer('full', 'engine'),
      heldMessageBytes(message),
    );
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer): void {
    this.#commands.ask(
      ['take', realm.key, id, connection],
      (messages, ...rest) => answer(messages.map(messageFrom), ...rest),
      () => answer([], []),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#commands.ask(['waiting', realm], answer, () => answer([]));
  }

  measure(realm: RealmKey, id: PeerId, answer: (held: HeldMessages) => void): void {
    this.#commands.ask(['measure', realm, id], answer, () => answer({ messages: 0, bytes: 0 }));
  }

  expire(now: Millis, answer: ExpireAnswer): void {
    this.#nextDeadline = NEVER;
    this.#commands.ask(
      ['expire'],
      (expired, next, isMore) => {
        this.#scheduleExpiry(now + next);
        answer(expired.map(expiredFrom), isMore);
      },
      () => answer([]),
    );
  }

  /** Covers the messages that this node has put since the last expiry check, and the deadline that the check returned. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  #scheduleExpiry(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}
