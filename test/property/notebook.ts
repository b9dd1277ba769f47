/*
 * The model: a notebook of what was seen. Who is in, what was sent to whom, who was told what.
 * It predicts nothing that the rules leave open; after every step it asks whether what was seen
 * can be true. It knows no mailboxes, no sessions and no ports.
 */

export interface Limits {
  readonly expireTimeout: number;
  readonly aliveTimeout: number;
  /** How much later than due a sweep may come. */
  readonly sweepInterval: number;
  readonly mailboxMessages: number;
  readonly mailboxesPerSender: number;
  readonly concurrentLimit: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly malformedPerWindow: number;
  readonly malformedWindow: number;
}

/** A frame that a connection heard, as JSON. */
export interface Heard {
  readonly type: string;
  readonly src?: string;
  readonly dst?: string;
  readonly payload?: { readonly n: number };
}

/** One connection, as its far end knows it. */
export interface Line {
  readonly name: string;
  readonly realm: string;
  readonly id: string;
  readonly token: string;
  /** Whether it heard OPEN. */
  isWelcome: boolean;
  isOver: boolean;
  /** When each of its frames was sent, and when it opened. */
  readonly words: number[];
  /** When each of its malformed frames was sent. */
  readonly stumbles: number[];
  /** Frames read so far. */
  read: number;
}

interface Sent {
  readonly n: number;
  readonly realm: string;
  readonly from: Line;
  readonly to: string;
  readonly at: number;
  /** Whether the recipient was in when it was sent. */
  readonly wasIn: boolean;
  heardAt: number | undefined;
  toldAt: number | undefined;
}

/** Something seen that the promises rule out. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

export class Notebook {
  readonly limits: Limits;
  now = 0;
  readonly #owner = new Map<string, Line>();
  readonly #sent: Sent[] = [];
  readonly #lastHeard = new Map<string, number>();
  /** Whether time passes: an EXPIRE is then a sweep's, else the answer to what was just sent. */
  isWaiting = false;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  nextNumber(): number {
    return this.#sent.length;
  }

  ownerOf(realm: string, id: string): Line | undefined {
    return this.#owner.get(seat(realm, id));
  }

  membersOf(realm: string): number {
    return [...this.#owner.values()].filter((line) => line.realm === realm).length;
  }

  /** What must come of an attempt to open a line, by O3 to O6. */
  verdict(line: Line): 'in' | 'taken' | 'full' {
    const owner = this.ownerOf(line.realm, line.id);
    if (owner !== undefined) return owner.token === line.token ? 'in' : 'taken';
    return this.membersOf(line.realm) >= this.limits.concurrentLimit ? 'full' : 'in';
  }

  tried(line: Line, verdict: 'in' | 'taken' | 'full'): void {
    this.spoke(line);
    if (verdict === 'in') this.#owner.set(seat(line.realm, line.id), line);
  }

  /** `line` said something: that it lives, at least. */
  spoke(line: Line): void {
    line.words.push(this.now);
  }

  stumbled(line: Line): void {
    line.stumbles.push(this.now);
  }

  sent(from: Line, to: string): void {
    const wasIn = this.ownerOf(from.realm, to) !== undefined;
    this.#sent.push({
      n: this.#sent.length,
      realm: from.realm,
      from,
      to,
      at: this.now,
      wasIn,
      heardAt: undefined,
      toldAt: undefined,
    });
  }

  /** A line is over, by whosever will. @param code what the broker closed it with; undefined where it did not. */
  ended(line: Line, code?: number): void {
    line.isOver = true;
    const last = this.#sent.at(-1);
    // M19: the close tells a sender that its last message was one too many.
    if (code === 1008 && last?.from === line && isOpen(last)) last.toldAt = this.now;
    if (this.ownerOf(line.realm, line.id) === line) this.#owner.delete(seat(line.realm, line.id));
  }

  /** One frame that `line` heard. @throws BrokenPromise */
  heard(line: Line, frame: Heard): void {
    switch (frame.type) {
      case 'OPEN':
        check(!line.isWelcome, `O3: ${line.name} heard OPEN twice`);
        line.isWelcome = true;
        return;
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        return this.#relayed(line, frame);
      case 'EXPIRE':
        return this.#told(line, frame);
      case 'ERROR':
      case 'ID-TAKEN':
        check(!line.isWelcome, `O4: ${line.name} was welcome and then refused`);
        return;
      default:
        throw new BrokenPromise(`M9: ${line.name} heard a ${frame.type}`);
    }
  }

  #relayed(line: Line, { src, dst, payload }: Heard): void {
    const sent = this.#sent[payload?.n ?? -1];
    if (sent === undefined) throw new BrokenPromise(`M1: ${line.name} heard what nobody sent`);
    const what = `message ${sent.n} of ${sent.from.name} to ${sent.to}`;
    check(src === sent.from.id, `promise 1: ${what} came with src ${src}`);
    check(dst === sent.to && line.id === sent.to, `M1: ${what} came to ${line.name} as ${dst}`);
    check(line.realm === sent.realm, `H4: ${what} left its realm`);
    check(this.ownerOf(line.realm, line.id) === line, `O5: ${what} came to a socket that does not speak for its id`);
    check(line.isWelcome, `O11: ${what} came before OPEN`);
    check(sent.heardAt === undefined, `promise 3: ${what} came twice`);
    check(sent.toldAt === undefined, `promise 3: ${what} came after its sender was told that it expired`);
    check(this.now < sent.at + this.limits.expireTimeout + this.limits.sweepInterval + 1, `M14: ${what} came too late`);
    const pair = `${sent.realm}\n${sent.from.id}\n${sent.to}`;
    check((this.#lastHeard.get(pair) ?? -1) < sent.n, `M17: ${what} came after a later one`);
    this.#lastHeard.set(pair, sent.n);
    sent.heardAt = this.now;
  }

  /** M13, M14: EXPIRE speaks of every message of the pair that is old enough, or of one for which there was no room. */
  #told(line: Line, { src, dst }: Heard): void {
    check(dst === line.id, `M14: ${line.name} heard an EXPIRE for ${dst}`);
    const open = this.#sent.filter(
      (sent) => sent.realm === line.realm && sent.from.id === line.id && sent.to === src && isOpen(sent),
    );
    if (this.isWaiting) {
      const due = open.filter((sent) => this.now - sent.at >= this.limits.expireTimeout);
      check(due.length > 0, `M14: ${line.name} heard an EXPIRE from ${src} before its time`);
      for (const sent of due) sent.toldAt = this.now;
      return;
    }
    const last = open.at(-1);
    if (last === undefined) throw new BrokenPromise(`M14: ${line.name} heard an EXPIRE from ${src} for nothing`);
    check(
      last.at === this.now && this.#isFull(last),
      `M13: ${line.name} was told at once that ${src} is away, and there was room`,
    );
    last.toldAt = this.now;
  }

  /** Whether a bound may have been hit by what waited when `sent` came. */
  #isFull(sent: Sent): boolean {
    const waiting = this.#sent.filter((other) => other.realm === sent.realm && other.n < sent.n && isOpen(other));
    const forSame = waiting.filter((other) => other.to === sent.to);
    if (forSame.length >= this.limits.mailboxMessages) return true;
    const ofSame = waiting.filter((other) => other.from.id === sent.from.id);
    const others = new Set(ofSame.filter((other) => other.to !== sent.to).map((other) => other.to));
    const surely = ofSame.some((other) => other.to === sent.to && !this.#mayBeGone(other));
    return !surely && others.size >= this.limits.mailboxesPerSender;
  }

  /** M15: old enough to be dropped, and nobody left who had to be told of it. */
  #mayBeGone(sent: Sent): boolean {
    const isOrphan = this.ownerOf(sent.realm, sent.from.id) !== sent.from;
    return isOrphan && this.now - sent.at >= this.limits.expireTimeout;
  }

  /** M13, promise 5: no more may wait than there is room for. */
  #checkBounds(): void {
    const waiting = this.#sent.filter((sent) => isOpen(sent) && !this.#mayBeGone(sent));
    const inMailbox = new Map<string, number>();
    const mailboxesOf = new Map<string, Set<string>>();
    for (const { realm, from, to } of waiting) {
      const mailbox = seat(realm, to);
      inMailbox.set(mailbox, (inMailbox.get(mailbox) ?? 0) + 1);
      const sender = seat(realm, from.id);
      mailboxesOf.set(sender, (mailboxesOf.get(sender) ?? new Set()).add(to));
    }
    for (const [mailbox, count] of inMailbox) check(count <= this.limits.mailboxMessages, `M13: ${count} wait for ${mailbox}`);
    for (const [sender, { size }] of mailboxesOf) {
      check(size <= this.limits.mailboxesPerSender, `M13: ${sender} has ${size} mailboxes`);
    }
  }

  /** What must hold after every step. @throws BrokenPromise */
  checkAll(): void {
    this.#checkBounds();
    for (const sent of this.#sent) {
      if (!isOpen(sent)) continue;
      const what = `message ${sent.n} of ${sent.from.name} to ${sent.to}`;
      const mayBeGone = this.#mayBeGone(sent);
      const isIn = this.ownerOf(sent.realm, sent.to) !== undefined;
      check(!sent.wasIn, `promise 2: ${what} was not delivered, and ${sent.to} was in`);
      check(!isIn || mayBeGone, `promise 2: ${what} waits, and ${sent.to} is in`);
      const isLate = this.now - sent.at > this.limits.expireTimeout + this.limits.sweepInterval;
      check(!isLate || mayBeGone, `M14: ${what} is lost in silence`);
      if (mayBeGone && (isIn || isLate)) sent.toldAt = this.now;
    }
    for (const line of this.#owner.values()) {
      const silence = this.now - (line.words.at(-1) ?? 0);
      check(silence <= this.limits.aliveTimeout + this.limits.sweepInterval, `L1: ${line.name} is silent and still in`);
      check(line.isWelcome, `O3: ${line.name} is in and heard no OPEN`);
    }
  }

  /** Whether the broker may have closed `line` with `code` by its own will, by L1, M10 or M19. */
  mayClose(line: Line, code: number): boolean {
    if (code === 4002) return this.now - (line.words.at(-1) ?? 0) >= this.limits.aliveTimeout;
    if (code === 1007) return this.#stumblesOf(line) > this.limits.malformedPerWindow;
    return code === 1008 && this.#isFlooding(line, -ROUNDING);
  }

  /** Whether the broker must have closed `line` by now, by M10 or M19. */
  mustClose(line: Line): boolean {
    return this.#stumblesOf(line) > 2 * this.limits.malformedPerWindow || this.#isFlooding(line, ROUNDING);
  }

  #stumblesOf(line: Line): number {
    return line.stumbles.filter((at) => this.now - at < this.limits.malformedWindow).length;
  }

  /**
   * M19: no span of time may hold more words than the bucket and what flowed into it. The first is
   * no word, it opened the line.
   */
  #isFlooding({ words }: Line, slack: number): boolean {
    const { messageBurst, messagesPerSecond } = this.limits;
    const last = words.at(-1) ?? 0;
    return words.some((from, i) => i > 0 && words.length - i > messageBurst + (messagesPerSecond * (last - from)) / 1000 + slack);
  }
}

// A bucket that is filled drop by drop is not exact to the last digit.
const ROUNDING = 1e-6;

function isOpen(sent: Sent): boolean {
  return sent.heardAt === undefined && sent.toldAt === undefined;
}

function seat(realm: string, id: string): string {
  return `${realm}\n${id}`;
}

function check(holds: boolean, promise: string): void {
  if (!holds) throw new BrokenPromise(promise);
}
