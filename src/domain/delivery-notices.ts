import { IGNORE, type Decision, type Expired } from './decision.ts';
import { needsDelivery, notice, type SignalMessage } from './message.ts';
import type { SessionTable } from './session-table.ts';

/**
 * Notices to the senders of undelivered messages. M15: only the owner of the message receives the notice. A later peer with the
 * same id has another token, and must not see the contacts of the former owner.
 */
export class DeliveryNotices {
  readonly #sessions: SessionTable;
  readonly #isSingleNode: boolean;

  /** @param isSingleNode whether no other node exists, so that an unknown sender is disconnected. */
  constructor(sessions: SessionTable, isSingleNode: boolean) {
    this.#sessions = sessions;
    this.#isSingleNode = isSingleNode;
  }

  /** M16: the connection of the recipient did not accept the message. */
  undelivered(message: SignalMessage): Decision {
    return needsDelivery(message.kind) ? this.#notifySender('leave', message) : IGNORE.gone;
  }

  /** M13: the mailbox had no room for the message. */
  unheld(message: SignalMessage): Decision {
    return needsDelivery(message.kind) ? this.#notifySender('expire', message) : IGNORE.absent;
  }

  /** M14: held messages expired after `expire_timeout`. */
  expired(expired: Expired): Decision {
    return this.#notifySender('expire', expired);
  }

  /** The message was fetched for a peer that has disconnected. A notice is held again, for an owner on another node. */
  returned(message: SignalMessage): Decision {
    const { kind, from, to, owner } = message;
    if (kind !== 'expire' && kind !== 'leave') return this.unheld(message);
    return this.#isSingleNode ? IGNORE.gone : { do: 'hold-notice', kind, undelivered: { from: to, to: from, owner } };
  }

  #notifySender(kind: 'expire' | 'leave', { from, to, owner }: Expired): Decision {
    const sender = this.#sessions.find(from);
    if (sender?.state === 'open' && sender.token.owns({ owner })) {
      return { do: 'deliver', to: sender.connection, message: notice(kind, to, sender.id, sender.token) };
    }
    // A session of another token is no evidence: the owner may have claimed the id on a node, and this node not know it yet.
    return this.#isSingleNode ? IGNORE.gone : { do: 'hold-notice', kind, undelivered: { from, to, owner } };
  }
}
