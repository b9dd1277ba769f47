import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { RuleViolation, assertRule } from './rule-violation.ts';
import type { Expectations } from './expectations.ts';
import { idKey, type ClientConnection } from './client-connection.ts';
import { describeMessage, type SentMessage } from './sent-message.ts';

type NewMessage = Pick<SentMessage, 'kind' | 'from' | 'to' | 'at' | 'wasPresent'> & { readonly isDropped: boolean };
type OwnerOf = (who: Pick<ClientConnection, 'realm' | 'id'>) => ClientConnection | undefined;

/** How little a server must hold, where its bounds are not known. */
const MIN_CAPACITY = 1;

/** What was sent, and what came of it: the part of the notebook that is about messages. */
export class SentMessages {
  readonly #expected: Expectations;
  readonly #ownerOf: OwnerOf;
  readonly #sent: SentMessage[] = [];
  /** Those of which nothing was seen yet, in their order. */
  readonly #open = new Set<SentMessage>();
  /** When something in a mailbox was last seen to expire. */
  readonly #expiredAt = new Map<string, Millis>();
  /** From which number on the server may not have read them yet. */
  #unsettledFrom = 0;

  constructor(expected: Expectations, ownerOf: OwnerOf) {
    this.#expected = expected;
    this.#ownerOf = ownerOf;
  }

  find(n: number | undefined): SentMessage | undefined {
    return this.#sent[n ?? -1];
  }

  /** @returns its number. */
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

  /** @throws BrokenPromise */
  recordDelivery(sent: SentMessage, now: Millis): void {
    const what = describeMessage(sent);
    assertRule(sent.fate !== 'heard', sent.wasPresent ? 'M1' : 'O11', `${what} came twice`);
    assertRule(sent.fate !== 'told', 'M14', `${what} came after its sender was told that it expired`);
    assertRule(sent.fate !== 'dropped', 'M6', `${what} came, and ${JSON.stringify(sent.to)} was not in when it was sent`);
    assertRule(!this.#isLate(sent, now), 'M14', `${what} came too late`);
    this.#resolve(sent, 'heard');
  }

  /**
   * M13, M14: `line` heard EXPIRE. It speaks of every message of the pair that is old enough, or of one for which there
   * was no room. @throws BrokenPromise
   */
  recordExpire(line: ClientConnection, { absent, now, isWaiting }: { absent: string; now: Millis; isWaiting: boolean }): void {
    const seat = idKey(line);
    const ofId = [...this.#open].filter((sent) => sent.to === absent && idKey(sent.from) === seat && mayBeHeld(sent));
    const open = this.#expected.behaviours.expireOnlyToSender ? ofId.filter((sent) => sent.from.token === line.token) : ofId;
    const heard = `${line.name} heard an EXPIRE from ${JSON.stringify(absent)}`;
    assertRule(open.length > 0 || ofId.length === 0, 'M15', `${heard}, to which another owner of its id has written`);
    assertRule(open.length > 0, 'M14', `${heard} for nothing`);
    if (this.#expected.limits.expireTimeout === undefined) return open.forEach(markUncertain);
    const last = open.at(-1);
    if (last !== undefined && this.#isUnsettled(last) && this.#mayBeFull(last, now)) return this.#resolve(last, 'told');
    const [oldest, ...others] = isWaiting ? open.filter((sent) => this.#isDue(sent, now)) : [];
    if (oldest === undefined) {
      const isAnswer = last !== undefined && this.#isUnsettled(last);
      throw isAnswer
        ? new RuleViolation('M13', `${heard} at once, and there was room`)
        : new RuleViolation('M14', `${heard} before its time`);
    }
    this.#resolve(oldest, 'told');
    this.#expiredAt.set(mailboxOf(oldest), now);
    for (const sent of others) {
      if (this.#surelyExpired(sent, now)) this.#resolve(sent, 'told');
      else {
        sent.isUncertain = true;
        sent.mayHaveExpiredWith ??= oldest;
      }
    }
  }

  /**
   * Whether an EXPIRE that has come surely speaks of it too. A message that is hardly old enough may wait for the next
   * sweep; that one takes whatever came soon after what the first one took.
   */
  #surelyExpired({ at, mayHaveExpiredWith }: SentMessage, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    if (now - at >= (limits.expireTimeout ?? 0) + tolerance.late) return true;
    return mayHaveExpiredWith !== undefined && at - mayHaveExpiredWith.at <= limits.sweepInterval / 2;
  }

  /**
   * The server closed `line` by its own will: what it had just sent may not have been read, and what was sent to it may
   * have come too late.
   * @param isOneTooMany M19: it was closed for the last that it sent, and the close is the answer.
   */
  recordInterruption(line: ClientConnection, { isOneTooMany }: { readonly isOneTooMany: boolean }): void {
    for (const sent of this.#open) {
      if (!this.#isUnsettled(sent)) continue;
      if (isOneTooMany && sent.from === line) this.#resolve(sent, 'told');
      else if (sent.from === line || (sent.to === line.id && sent.from.realm === line.realm)) markUncertain(sent);
    }
  }

  /** What should have come by now. */
  overdue(now: Millis): RuleViolation | undefined {
    for (const sent of this.#open) {
      const claim = this.#missing(sent, now);
      if (claim !== undefined) return claim;
    }
    return this.#exceededLimit(now);
  }

  /** M15: gives up what was dropped without a word, because nobody was left who had to be told. */
  dropUnreported(now: Millis): void {
    for (const sent of this.#open) {
      const isIn = this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined;
      if (this.#mayBeDropped(sent, now) && (isIn || this.#isLate(sent, now))) this.#resolve(sent, 'told');
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

  /** Its sender is there, and has heard nothing of it. */
  #isAwaitingExpiry(sent: SentMessage): boolean {
    return !sent.isUncertain && this.#senderOf(sent) === sent.from;
  }

  #senderOf({ from }: SentMessage): ClientConnection | undefined {
    return this.#ownerOf(from);
  }

  #missing(sent: SentMessage, now: Millis): RuleViolation | undefined {
    if (sent.isUncertain || this.#mayBeDropped(sent, now)) return undefined;
    const [what, to] = [describeMessage(sent), JSON.stringify(sent.to)];
    if (sent.wasPresent) return new RuleViolation('M1', `${what} was not delivered, and ${to} was in`);
    if (this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined) {
      return new RuleViolation('O11', `${what} was not delivered, and ${to} is in`);
    }
    return this.#isLate(sent, now) ? new RuleViolation('M14', `${what} is lost in silence`) : undefined;
  }

  #resolve(sent: SentMessage, fate: 'heard' | 'told'): void {
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

  /** M14: whether a sweep may drop it. */
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

  /** M15: old enough to be dropped, and nobody left who had to be told of it. */
  #mayBeDropped(sent: SentMessage, now: Millis): boolean {
    return this.#senderOf(sent) !== sent.from && this.#isDue(sent, now);
  }

  /** M13: whether a bound may have been hit by what waited when `sent` came. */
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

  /** M13, promise 5: no more may wait than there is room for. */
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
    if (most > mailboxMessages) return new RuleViolation('M13', `${most} messages wait for one peer`);
    const boxes = Math.max(0, ...Array.from(mailboxesOf.values(), ({ size }) => size));
    return boxes > mailboxesPerSender ? new RuleViolation('M13', `${boxes} mailboxes hold messages of one sender`) : undefined;
  }
}

/** Nothing is owed for it any more, whatever comes of it. */
function markUncertain(sent: SentMessage): void {
  sent.isUncertain = true;
}

/** Whether it may be in a mailbox. */
function mayBeHeld({ wasPresent, isUncertain }: SentMessage): boolean {
  return !wasPresent || isUncertain;
}

/** The seat of the one that it is for. */
function mailboxOf({ from, to }: SentMessage): string {
  return idKey({ realm: from.realm, id: to });
}
