import type { Decision } from '../../domain/decision.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpiredInRealm, MailboxStore } from '../ports/mailbox-store.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Sweep } from '../sweeper.ts';
import type { Turns } from '../turns.ts';

/** Finds the silent and the expired. */
export type SweepExpired = Sweep;

export interface SweepExpiredParts {
  readonly realms: Realms;
  readonly mailboxes: MailboxStore;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** A shorter standstill is no event: every busy process has some. */
const WORTH_A_LINE: Millis = 1_000;

/** L1, L6, M14: costs what it finds, nothing per live peer or waiting message. */
export function sweepExpired({ realms, mailboxes, performer, turns, clock, telemetry, log }: SweepExpiredParts): SweepExpired {
  return {
    sweep: () => {
      turns.run(sweep);
      const deadlines = realms.all().map((realm) => realm.nextDeadline());
      return Math.min(mailboxes.nextDeadline(), ...deadlines);
    },
    paused,
  };

  function paused(span: Millis): void {
    for (const realm of realms.all()) realm.liveness.addPause(span);
    if (span >= WORTH_A_LINE) log.record({ event: 'stood-still', span });
  }

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
