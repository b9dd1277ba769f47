import type { Decision } from '../../domain/decision.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../perform.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpiredInRealm, MailboxStore } from '../ports/mailbox-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Turns } from '../turns.ts';

/** Looks for the silent and the expired. @returns when it is next needed. */
export type SweepExpired = () => Millis;

export interface SweepExpiredParts {
  readonly realms: Realms;
  readonly mailboxes: MailboxStore;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** L1, M14: costs what it finds, nothing per live peer or waiting message. */
export function sweepExpired({ realms, mailboxes, performer, turns, clock, telemetry }: SweepExpiredParts): SweepExpired {
  return () => {
    turns.run(sweep);
    const deadlines = realms.all().map((realm) => realm.nextDeadline());
    return Math.min(mailboxes.nextDeadline(), ...deadlines);
  };

  function sweep(): void {
    const now = clock.now();
    for (const realm of realms.all()) {
      const decisions: Decision[] = [];
      realm.sweep(now, decisions);
      performer.performAll(realm, decisions, now);
    }
    mailboxes.expire(now, (expired) => turns.run(() => tell(expired, clock.now())));
  }

  function tell(expired: readonly ExpiredInRealm[], now: Millis): void {
    for (const pair of expired) {
      telemetry.count('expired');
      const realm = realms.find(pair.realm);
      if (realm !== undefined) performer.perform(realm, realm.expired(pair), now);
    }
  }
}
