import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { BrokenPromise, promised } from './broken-promise.ts';
import type { Expectations } from './expectations.ts';
import { seatOf, type Line } from './line.ts';
import { named, type Sent } from './sent.ts';

type Draft = Pick<Sent, 'kind' | 'from' | 'to' | 'at' | 'wasIn'> & { readonly isDropped: boolean };
type OwnerOf = (who: Pick<Line, 'realm' | 'id'>) => Line | undefined;

/** How little a server must hold, where its bounds are not known. */
const LEAST_ROOM = 1;

/** What was sent, and what came of it: the part of the notebook that is about messages. */
export class Outbox {
  readonly #expected: Expectations;
  readonly #ownerOf: OwnerOf;
  readonly #sent: Sent[] = [];
  /** Those of which nothing was seen yet, in their order. */
  readonly #open = new Set<Sent>();
  /** When something in a mailbox was last seen to expire. */
  readonly #swept = new Map<string, Millis>();
  /** From which number on the server may not have read them yet. */
  #unsettledFrom = 0;

  constructor(expected: Expectations, ownerOf: OwnerOf) {
    this.#expected = expected;
    this.#ownerOf = ownerOf;
  }

  find(n: number | undefined): Sent | undefined {
    return this.#sent[n ?? -1];
  }

  /** @returns its number. */
  add({ isDropped, ...draft }: Draft): number {
    const sent: Sent = {
      ...draft,
      n: this.#sent.length,
      isDoubtful: false,
      survived: undefined,
      fate: isDropped ? 'dropped' : undefined,
    };
    this.#sent.push(sent);
    if (!isDropped) this.#open.add(sent);
    return sent.n;
  }

  isSettled(): void {
    this.#unsettledFrom = this.#sent.length;
  }

  /** @throws BrokenPromise */
  isHeard(sent: Sent, now: Millis): void {
    const what = named(sent);
    promised(sent.fate !== 'heard', sent.wasIn ? 'M1' : 'O11', `${what} came twice`);
    promised(sent.fate !== 'told', 'M14', `${what} came after its sender was told that it expired`);
    promised(sent.fate !== 'dropped', 'M6', `${what} came, and ${JSON.stringify(sent.to)} was not in when it was sent`);
    promised(!this.#isLate(sent, now), 'M14', `${what} came too late`);
    this.#meets(sent, 'heard');
  }

  /**
   * M13, M14: `line` heard EXPIRE. It speaks of every message of the pair that is old enough, or of one for which there
   * was no room. @throws BrokenPromise
   */
  isExpired(line: Line, { absent, now, isWaiting }: { absent: string; now: Millis; isWaiting: boolean }): void {
    const seat = seatOf(line);
    const ofId = [...this.#open].filter((sent) => sent.to === absent && seatOf(sent.from) === seat && mayWait(sent));
    const open = this.#expected.habits.onlyOwnersAreTold ? ofId.filter((sent) => sent.from.token === line.token) : ofId;
    const heard = `${line.name} heard an EXPIRE from ${JSON.stringify(absent)}`;
    promised(open.length > 0 || ofId.length === 0, 'M15', `${heard}, to which another owner of its id has written`);
    promised(open.length > 0, 'M14', `${heard} for nothing`);
    if (this.#expected.limits.expireTimeout === undefined) return open.forEach(doubt);
    const last = open.at(-1);
    if (last !== undefined && this.#isUnsettled(last) && this.#mayBeFull(last, now)) return this.#meets(last, 'told');
    const [oldest, ...others] = isWaiting ? open.filter((sent) => this.#isDue(sent, now)) : [];
    if (oldest === undefined) {
      const isAnswer = last !== undefined && this.#isUnsettled(last);
      throw isAnswer
        ? new BrokenPromise('M13', `${heard} at once, and there was room`)
        : new BrokenPromise('M14', `${heard} before its time`);
    }
    this.#meets(oldest, 'told');
    this.#swept.set(mailboxOf(oldest), now);
    for (const sent of others) {
      if (this.#hasGone(sent, now)) this.#meets(sent, 'told');
      else {
        sent.isDoubtful = true;
        sent.survived ??= oldest;
      }
    }
  }

  /**
   * Whether an EXPIRE that has come surely speaks of it too. A message that is hardly old enough may wait for the next
   * sweep; that one takes whatever came soon after what the first one took.
   */
  #hasGone({ at, survived }: Sent, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    if (now - at >= (limits.expireTimeout ?? 0) + tolerance.late) return true;
    return survived !== undefined && at - survived.at <= limits.sweepInterval / 2;
  }

  /**
   * The server closed `line` by its own will: what it had just sent may not have been read, and what was sent to it may
   * have come too late.
   * @param isOneTooMany M19: it was closed for the last that it sent, and the close is the answer.
   */
  isCutShort(line: Line, { isOneTooMany }: { readonly isOneTooMany: boolean }): void {
    for (const sent of this.#open) {
      if (!this.#isUnsettled(sent)) continue;
      if (isOneTooMany && sent.from === line) this.#meets(sent, 'told');
      else if (sent.from === line || (sent.to === line.id && sent.from.realm === line.realm)) doubt(sent);
    }
  }

  /** What should have come by now. */
  owed(now: Millis): BrokenPromise | undefined {
    for (const sent of this.#open) {
      const claim = this.#missing(sent, now);
      if (claim !== undefined) return claim;
    }
    return this.#overfull(now);
  }

  /** M15: gives up what was dropped without a word, because nobody was left who had to be told. */
  forgetLost(now: Millis): void {
    for (const sent of this.#open) {
      const isIn = this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined;
      if (this.#mayBeGone(sent, now) && (isIn || this.#isLate(sent, now))) this.#meets(sent, 'told');
    }
  }

  isTwilight(now: Millis, margin: Millis): boolean {
    const { expireTimeout, sweepInterval } = this.#expected.limits;
    if (expireTimeout === undefined) return false;
    for (const sent of this.#open) {
      if (sent.wasIn || !this.#isDue(sent, now + margin) || this.#senderOf(sent) === undefined) continue;
      if (this.#isWaitedFor(sent) || !this.#isDue(sent, now - margin - sweepInterval)) return true;
    }
    return false;
  }

  get isWaitedFor(): boolean {
    return [...this.#open].some((sent) => this.#isWaitedFor(sent));
  }

  /** Its sender is there, and has heard nothing of it. */
  #isWaitedFor(sent: Sent): boolean {
    return !sent.isDoubtful && this.#senderOf(sent) === sent.from;
  }

  #senderOf({ from }: Sent): Line | undefined {
    return this.#ownerOf(from);
  }

  #missing(sent: Sent, now: Millis): BrokenPromise | undefined {
    if (sent.isDoubtful || this.#mayBeGone(sent, now)) return undefined;
    const [what, to] = [named(sent), JSON.stringify(sent.to)];
    if (sent.wasIn) return new BrokenPromise('M1', `${what} was not delivered, and ${to} was in`);
    if (this.#ownerOf({ realm: sent.from.realm, id: sent.to }) !== undefined) {
      return new BrokenPromise('O11', `${what} was not delivered, and ${to} is in`);
    }
    return this.#isLate(sent, now) ? new BrokenPromise('M14', `${what} is lost in silence`) : undefined;
  }

  #meets(sent: Sent, fate: 'heard' | 'told'): void {
    sent.fate = fate;
    this.#open.delete(sent);
  }

  #isUnsettled({ n }: Sent): boolean {
    return n >= this.#unsettledFrom;
  }

  #isOldEnough(since: Millis, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    return now - since >= (limits.expireTimeout ?? 0) - tolerance.early;
  }

  /** M14: whether a sweep may drop it. */
  #isDue(sent: Sent, now: Millis): boolean {
    if (this.#isOldEnough(sent.at, now)) return true;
    if (this.#expected.habits.messagesAgeAlone) return false;
    const mailbox = mailboxOf(sent);
    if (sent.at <= (this.#swept.get(mailbox) ?? -1)) return true;
    for (const other of this.#open) if (mailboxOf(other) === mailbox) return this.#isOldEnough(other.at, now);
    return false;
  }

  #isLate({ at }: Sent, now: Millis): boolean {
    const { limits, tolerance } = this.#expected;
    return now - at > (limits.expireTimeout ?? Infinity) + limits.sweepInterval + tolerance.late;
  }

  /** M15: old enough to be dropped, and nobody left who had to be told of it. */
  #mayBeGone(sent: Sent, now: Millis): boolean {
    return this.#senderOf(sent) !== sent.from && this.#isDue(sent, now);
  }

  /** M13: whether a bound may have been hit by what waited when `sent` came. */
  #mayBeFull(sent: Sent, now: Millis): boolean {
    if (!parsePeerId(sent.to).ok) return true;
    const { mailboxMessages = LEAST_ROOM, mailboxesPerSender = LEAST_ROOM } = this.#expected.limits;
    const { from, to } = sent;
    const isBefore = (other: Sent): boolean => other !== sent && (other.n < sent.n || this.#isUnsettled(other));
    const waiting = [...this.#open].filter((other) => other.from.realm === from.realm && isBefore(other));
    if (waiting.filter((other) => other.to === to).length >= mailboxMessages) return true;
    const ofSame = waiting.filter((other) => other.from.id === from.id);
    const others = new Set(ofSame.filter((other) => other.to !== to).map((other) => other.to));
    const surely = ofSame.some((other) => other.to === to && !this.#isUnsettled(other) && this.#surelyWaits(other, now));
    return !surely && others.size >= mailboxesPerSender;
  }

  #surelyWaits(sent: Sent, now: Millis): boolean {
    return !sent.isDoubtful && !this.#mayBeGone(sent, now);
  }

  /** M13, promise 5: no more may wait than there is room for. */
  #overfull(now: Millis): BrokenPromise | undefined {
    const { mailboxMessages = Infinity, mailboxesPerSender = Infinity } = this.#expected.limits;
    if (mailboxMessages === Infinity && mailboxesPerSender === Infinity) return undefined;
    const inMailbox = new Map<string, number>();
    const mailboxesOf = new Map<string, Set<string>>();
    for (const sent of this.#open) {
      if (!this.#surelyWaits(sent, now)) continue;
      const { from, to } = sent;
      const mailbox = mailboxOf(sent);
      inMailbox.set(mailbox, (inMailbox.get(mailbox) ?? 0) + 1);
      mailboxesOf.set(seatOf(from), (mailboxesOf.get(seatOf(from)) ?? new Set()).add(to));
    }
    const most = Math.max(0, ...inMailbox.values());
    if (most > mailboxMessages) return new BrokenPromise('M13', `${most} messages wait for one peer`);
    const boxes = Math.max(0, ...Array.from(mailboxesOf.values(), ({ size }) => size));
    return boxes > mailboxesPerSender ? new BrokenPromise('M13', `${boxes} mailboxes hold messages of one sender`) : undefined;
  }
}

/** Nothing is owed for it any more, whatever comes of it. */
function doubt(sent: Sent): void {
  sent.isDoubtful = true;
}

/** Whether it may be in a mailbox. */
function mayWait({ wasIn, isDoubtful }: Sent): boolean {
  return !wasIn || isDoubtful;
}

/** The seat of the one that it is for. */
function mailboxOf({ from, to }: Sent): string {
  return seatOf({ realm: from.realm, id: to });
}
