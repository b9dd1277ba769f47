import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { RuleViolation, assertRule } from './rule-violation.ts';
import type { Expectations } from './expectations.ts';
import { idKey, type ClientConnection } from './client-connection.ts';
import { describeMessage, type SentMessage } from './sent-message.ts';

type NewMessage = Pick<SentMessage, 'kind' | 'from' | 'to' | 'at' | 'wasPresent'> & { readonly isDropped: boolean };
type OwnerOf = (who: Pick<ClientConnection, 'realm' | 'id'>) => ClientConnection | undefined;

/** The minimum capacity of a server with unknown limits. */
const MIN_CAPACITY = 1;

/** The part of the model for messages: what was sent, and its outcome. */
export class SentMessages {
  readonly #expected: Expectations;
  readonly #ownerOf: OwnerOf;
  readonly #sent: SentMessage[] = [];
  /** Messages without an outcome, in the order of sending. */
  readonly #open = new Set<SentMessage>();
  /** The last time that an EXPIRE for a mailbox was received. */
  readonly #expiredAt = new Map<string, Millis>();
  /** The first number that the server may not have read yet. */
  #unsettledFrom = 0;

  constructor(expected: Expectations, ownerOf: OwnerOf) {
    this.#expected = expected;
    this.#ownerOf = ownerOf;
  }

  find(n: number | undefined): SentMessage | undefined {
    return this.#sent[n ?? -1];
  }

  /** @returns the number of the message. */
  add({ isDropped, ...draft }: NewMessage): number {
    const sent: SentMessage = {
      ...draft,
      n: this.#sent.length,
      isUncertain: false,
      mayHaveExpiredWith: undefined,
      fate: isDropped ? 'dropped' : undefined,
    };
    this.#sent.push(sent);
    if (!isDropped) this.#open.add(sent);
    return sent.n;
  }

  settle(): void {
    this.#unsettledFrom = this.#sent.length;
  }

  /** @throws RuleViolation */
  recordDelivery(sent: SentMessage, now: Millis): void {
    const what = describeMessage(sent);
    assertRule(sent.fate !== 'delivered', sent.wasPresent ? 'M1' : 'O11', `${what} was delivered twice`);
    assertRule(sent.fate !== 'expired', 'M14', `${what} was delivered after its sender had received EXPIRE`);
    assertRule(
      sent.fate !== 'dropped',
      'M6',
      `${what} was delivered, although ${JSON.stringify(sent.to)} was not present when it was sent`,
    );
    assertRule(!this.#isLate(sent, now), 'M14', `${what} was delivered too late`);
    this.#resolve(sent, 'delivered');
  }

  /**
   * M13, M14: `connection` received EXPIRE. It covers all messages of the pair that are old enough, or one that exceeded the
   * capacity.
   * @throws RuleViolation
   */
  recordExpire(
    connection: ClientConnection,
    { absent, now, isWaiting }: { absent: string; now: Millis; isWaiting: boolean },
  ): void {
    const senderKey = idKey(connection);
    const ofId = [...this.#open].filter((sent) => sent.to === absent && idKey(sent.from) === senderKey && mayBeHeld(sent));
    const open = this.#expected.behaviours.expireOnlyToSender
      ? ofId.filter((sent) => sent.from.token === connection.token)
      : ofId;
    const summary = `${connection.name} received an EXPIRE from ${JSON.stringify(absent)}`;
    assertRule(open.length > 0 || ofId.length === 0, 'M15', `${summary}, but the message was sent by another owner of its id`);
    assertRule(open.length > 0, 'M14', `${summary} without a held message`);
    if (this.#expected.limits.expireTimeout === undefined) return open.forEach(markUncertain);
    const last = open.at(-1);
    if (last !== undefined && this.#isUnsettled(last) && this.#mayBeFull(last, now)) return this.#resolve(last, 'expired');
    const [oldest, ...others] = isWaiting ? open.filter((sent) => this.#isDue(sent, now)) : [];
    if (oldest === undefined) {
      const isAnswer = last !== undefined && this.#isUnsettled(last);
      throw isAnswer
        ? new RuleViolation('M13', `${summary} at once, although the mailbox had capacity`)
        : new RuleViolation('M14', `${summary} before the expire timeout`);
    }
    this.#resolve(oldest, 'expired');
    this.#expiredAt.set(mailboxOf(oldest), now);
    for (const sent of others) {
      if (this.#surelyExpired(sent, now)) this.#resolve(sent, 'expired');
      else {
        sent.isUncertain = true;
        sent.mayHaveExpiredWith ??= oldest;
      }
    }
  }

  /**
   * True if a received EXPIRE certainly covers this message too. A message that is barely old enough may expire in the next
   * sweep, which covers all messages sent shortly after those of the first sweep.
   */
  #surelyExpired({ at, mayHaveExpiredWith }: SentMessage, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    if (now - at >= (limits.expireTimeout ?? 0) + tolerance.late) return true;
    return mayHaveExpiredWith !== undefined && at - mayHaveExpiredWith.at <= limits.sweepInterval / 2;
  }

  /**
   * The server closed `connection`: its last frames may not have been read, and messages to it may have arrived too late.
   * @param isOneTooMany M19: the last frame exceeded the rate limit, so the close answers it.
   */
  recordInterruption(connection: ClientConnection, { isOneTooMany }: { readonly isOneTooMany: boolean }): void {
    for (const sent of this.#open) {
      if (!this.#isUnsettled(sent)) continue;
      if (isOneTooMany && sent.from === connection) this.#resolve(sent, 'expired');
      else if (sent.from === connection || (sent.to === connection.id && sent.from.realm === connection.realm)) {
        markUncertain(sent);
      }
    }
  }

  /** A missing event that is due. */
  overdue(now: Millis): RuleViolation | undefined {
    for (const sent of this.#open) {
      const claim = this.#missing(sent, now);
      if (claim !== undefined) return claim;
    }
    return this.#exceededLimit(now);
  }

  /** M15: discards messages that the server dropped silently, because the sender was no longer connected. */
  dropUnreported(now: Millis): void {
    for (const sent of this.#open) {
      const isIn = this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined;
      if (this.#mayBeDropped(sent, now) && (isIn || this.#isLate(sent, now))) this.#resolve(sent, 'expired');
    }
  }

  isNearDeadline(now: Millis, margin: Millis): boolean {
    const { expireTimeout, sweepInterval } = this.#expected.limits;
    if (expireTimeout === undefined) return false;
    for (const sent of this.#open) {
      if (sent.wasPresent || !this.#isDue(sent, now + margin) || this.#senderOf(sent) === undefined) continue;
      if (this.#isAwaitingExpiry(sent) || !this.#isDue(sent, now - margin - sweepInterval)) return true;
    }
    return false;
  }

  get isAwaitingExpiry(): boolean {
    return [...this.#open].some((sent) => this.#isAwaitingExpiry(sent));
  }

  /** True if the sender is still connected and has not been notified. */
  #isAwaitingExpiry(sent: SentMessage): boolean {
    return !sent.isUncertain && this.#senderOf(sent) === sent.from;
  }

  #senderOf({ from }: SentMessage): ClientConnection | undefined {
    return this.#ownerOf(from);
  }

  #missing(sent: SentMessage, now: Millis): RuleViolation | undefined {
    if (sent.isUncertain || this.#mayBeDropped(sent, now)) return undefined;
    const [what, to] = [describeMessage(sent), JSON.stringify(sent.to)];
    if (sent.wasPresent) return new RuleViolation('M1', `${what} was not delivered, although ${to} was present`);
    if (this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined) {
      return new RuleViolation('O11', `${what} was not delivered, although ${to} has connected`);
    }
    return this.#isLate(sent, now) ? new RuleViolation('M14', `${what} was lost without an EXPIRE`) : undefined;
  }

  #resolve(sent: SentMessage, fate: 'delivered' | 'expired'): void {
    sent.fate = fate;
    this.#open.delete(sent);
  }

  #isUnsettled({ n }: SentMessage): boolean {
    return n >= this.#unsettledFrom;
  }

  #isOldEnough(since: Millis, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    return now - since >= (limits.expireTimeout ?? 0) - tolerance.early;
  }

  /** M14: true if a sweep may drop the message. */
  #isDue(sent: SentMessage, now: Millis): boolean {
    if (this.#isOldEnough(sent.at, now)) return true;
    if (this.#expected.behaviours.messagesExpireIndividually) return false;
    const mailbox = mailboxOf(sent);
    if (sent.at <= (this.#expiredAt.get(mailbox) ?? -1)) return true;
    for (const other of this.#open) if (mailboxOf(other) === mailbox) return this.#isOldEnough(other.at, now);
    return false;
  }

  #isLate({ at }: SentMessage, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    return now - at > (limits.expireTimeout ?? Infinity) + limits.sweepInterval + tolerance.late;
  }

  /** M15: true if the message may have been dropped silently, because it is old enough and its sender is not connected. */
  #mayBeDropped(sent: SentMessage, now: Millis): boolean {
    return this.#senderOf(sent) !== sent.from && this.#isDue(sent, now);
  }

  /** M13: true if a limit may have been reached when `sent` arrived. */
  #mayBeFull(sent: SentMessage, now: Millis): boolean {
    if (!parsePeerId(sent.to).ok) return true;
    const { mailboxMessages = MIN_CAPACITY, mailboxesPerSender = MIN_CAPACITY } = this.#expected.limits;
    const { from, to } = sent;
    const isBefore = (other: SentMessage): boolean => other !== sent && (other.n < sent.n || this.#isUnsettled(other));
    const waiting = [...this.#open].filter((other) => other.from.realm === from.realm && isBefore(other));
    if (waiting.filter((other) => other.to === to).length >= mailboxMessages) return true;
    const ofSame = waiting.filter((other) => other.from.id === from.id);
    const others = new Set(ofSame.filter((other) => other.to !== to).map((other) => other.to));
    const surely = ofSame.some((other) => other.to === to && !this.#isUnsettled(other) && this.#surelyHeld(other, now));
    return !surely && others.size >= mailboxesPerSender;
  }

  #surelyHeld(sent: SentMessage, now: Millis): boolean {
    return !sent.isUncertain && !this.#mayBeDropped(sent, now);
  }

  /** M13, promise 5: the limits of mailboxes. */
  #exceededLimit(now: Millis): RuleViolation | undefined {
    const { mailboxMessages = Infinity, mailboxesPerSender = Infinity } = this.#expected.limits;
    if (mailboxMessages === Infinity && mailboxesPerSender === Infinity) return undefined;
    const inMailbox = new Map<string, number>();
    const mailboxesOf = new Map<string, Set<string>>();
    for (const sent of this.#open) {
      if (!this.#surelyHeld(sent, now)) continue;
      const { from, to } = sent;
      const mailbox = mailboxOf(sent);
      inMailbox.set(mailbox, (inMailbox.get(mailbox) ?? 0) + 1);
      mailboxesOf.set(idKey(from), (mailboxesOf.get(idKey(from)) ?? new Set()).add(to));
    }
    const most = Math.max(0, ...inMailbox.values());
    if (most > mailboxMessages) return new RuleViolation('M13', `${most} messages are held for one peer`);
    const boxes = Math.max(0, ...Array.from(mailboxesOf.values(), ({ size }) => size));
    return boxes > mailboxesPerSender ? new RuleViolation('M13', `${boxes} mailboxes hold messages of one sender`) : undefined;
  }
}

/** No event is required for the message any more. */
function markUncertain(sent: SentMessage): void {
  sent.isUncertain = true;
}

/** True if the message may be in a mailbox. */
function mayBeHeld({ wasPresent, isUncertain }: SentMessage): boolean {
  return !wasPresent || isUncertain;
}

/** The key of the recipient. */
function mailboxOf({ from, to }: SentMessage): string {
  return idKey({ realm: from.realm, id: to });
}
