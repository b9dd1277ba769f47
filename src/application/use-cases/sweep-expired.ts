import type { Handshakes } from '../../domain/handshakes.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { IcePush } from '../ice-push.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpiredInRealm, MailboxStore } from '../ports/mailbox-store.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RealmLabels } from '../realm-labels.ts';
import { ACTS_PER_TURN, actOnEach } from '../slices.ts';
import type { Sweep } from '../sweeper.ts';
import type { Turns } from '../turns.ts';

/** Closes idle connections and expires held messages. */
export type SweepExpired = Sweep;

export interface SweepExpiredParts {
  readonly realms: Realms;
  readonly mailboxes: MailboxStore;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly realmLabels: RealmLabels;
  readonly handshakes: Handshakes;
  readonly log: Log;
  readonly icePush: Pick<IcePush, 'sweep' | 'nextDeadline'>;
}

/** Shorter pauses are not logged, because every busy process has some. */
const MIN_LOGGED_PAUSE: Millis = 1_000;

/** L1, L6, M14: the cost is proportional to expired entries, not to live peers or held messages. M23: sweeps in slices. */
export function sweepExpired(parts: SweepExpiredParts): SweepExpired {
  const { realms, mailboxes, performer, turns, clock, handshakes, log, icePush } = parts;
  const expireMail = mailExpiry(parts);
  let isSweepingSessions = false;
  return {
    sweep: () => {
      turns.run(sweep);
      return Math.min(mailboxes.nextDeadline(), realms.nextDeadline(), icePush.nextDeadline());
    },
    paused,
  };

  function paused(span: Millis): void {
    realms.addPause(span);
    if (span >= MIN_LOGGED_PAUSE) log.record({ event: 'stood-still', span });
  }

  function sweep(): void {
    const now = clock.now();
    if (!isSweepingSessions) sweepSessions();
    icePush.sweep(now);
    handshakes.expire(now);
    expireMail(now);
  }

  function sweepSessions(): void {
    const now = clock.now();
    const count = realms.sweep(now, (realm, decision) => performer.perform(realm, decision, now), ACTS_PER_TURN);
    isSweepingSessions = count >= ACTS_PER_TURN;
    if (isSweepingSessions) clock.wakeAt(now, () => turns.run(sweepSessions));
  }
}

/** @returns a function that expires held messages, and has no effect while its previous call continues in later turns. */
function mailExpiry(parts: SweepExpiredParts): (now: Millis) => void {
  const { realms, mailboxes, performer, turns, clock, telemetry, realmLabels } = parts;
  let isExpiring = false;
  return (now) => {
    if (!isExpiring) expireSome(now);
  };

  /** M14: a later slice has the time of the first one, so that no pair of sender and receiver is reported twice. */
  function expireSome(now: Millis): void {
    mailboxes.expire(now, (expired, isMore = false) => {
      isExpiring = isMore;
      actOnEach({ clock, turns }, expired, notifySender, () => {
        if (isMore) clock.wakeAt(clock.now(), () => turns.run(() => expireSome(now)));
      });
    });
  }

  function notifySender(pair: ExpiredInRealm): void {
    telemetry.counter('messages_expired_total', realmLabels.of(pair.realm)).add();
    const realm = realms.resolve(pair.realm);
    if (realm !== undefined) performer.perform(realm, realm.notices.expired(pair), clock.now());
  }
}
