import { IGNORE, type Decision, type Expired } from './decision.ts';
import { needsDelivery, notice, type SignalMessage } from './message.ts';
import type { SessionTable } from './session-table.ts';

/**
 * What a sender is told of a message that did not arrive. M15: only its owner is told. A peer that holds the same id later
 * has another token, and must not learn whom the former owner has called.
 */
export class DeliveryNotices {
  readonly #sessions: SessionTable;
  readonly #isSingleNode: boolean;

  /** @param isAlone whether there is no other node. */
  constructor(roster: SessionTable, isAlone: boolean) {
    this.#sessions = roster;
    this.#isSingleNode = isAlone;
  }

  /** M16: its receiver did not take it. */
  undelivered(message: SignalMessage): Decision {
    return needsDelivery(message.kind) ? this.#notifySender('leave', message) : IGNORE.gone;
  }

  /** M13: the mailbox had no room for it. */
  unheld(message: SignalMessage): Decision {
    return needsDelivery(message.kind) ? this.#notifySender('expire', message) : IGNORE.absent;
  }

  /** M14: it waited for `expire_timeout`. */
  expired(expired: Expired): Decision {
    return this.#notifySender('expire', expired);
  }

  /** It was collected for a peer that has gone since. A notice waits for its owner, which may be connected to another node. */
  returned(message: SignalMessage): Decision {
    const { kind, from, to, owner } = message;
    if (kind !== 'expire' && kind !== 'leave') return this.unheld(message);
    return this.#isSingleNode ? IGNORE.gone : { do: 'hold-notice', kind, undelivered: { from: to, to: from, owner } };
  }

  #notifySender(kind: 'expire' | 'leave', { from, to, owner }: Expired): Decision {
    const sender = this.#sessions.find(from);
    if (sender?.state !== 'open')
      {return this.#isSingleNode ? IGNORE.gone : { do: 'hold-notice', kind, undelivered: { from, to, owner } };}
    if (!sender.token.owns({ owner })) return IGNORE.gone;
    return { do: 'deliver', to: sender.connection, message: notice(kind, to, sender.id, sender.token) };
  }
}
