/*
 * The model: a notebook of what was seen. Who is in, what was sent to whom, who was told what.
 * It predicts nothing that the rules leave open; after every step it asks whether what was seen
 * can be true. It knows no mailboxes, no sessions and no ports.
 */
import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { BrokenPromise, promised } from './broken-promise.ts';
import type { Expectations } from './expectations.ts';
import { isSurelyFlooding, mayBeFlooding, mayStumbleTooMuch, surelyStumblesTooMuch } from './haste.ts';
import type { Heard } from './heard.ts';
import { seatOf, type Credentials, type Ending, type Line, type Verdict } from './line.ts';
import { waits, type Kind } from './message-kinds.ts';
import { Outbox } from './outbox.ts';
import { named, type Sent } from './sent.ts';

/** O4, O6, O7: how who is not let in is closed. */
const REFUSALS: Readonly<Record<Exclude<Verdict, 'in'>, Ending>> = {
  taken: { rule: 'O4', code: 1008, isOwed: true },
  full: { rule: 'O6', code: 1013, isOwed: true },
  unfit: { rule: 'O7', code: 1008, isOwed: true },
};

export class Notebook {
  readonly #expected: Expectations;
  readonly #owner = new Map<string, Line>();
  /** By what rule each id came to be free that was somebody's. */
  readonly #freedBy = new Map<string, string>();
  readonly #live = new Set<Line>();
  /** M10, M19: the last line of each owner that was let in. */
  readonly #lastLine = new Map<string, Line>();
  readonly #outbox: Outbox;
  /** Of each pair of sender and receiver the last message that came. */
  readonly #lastHeard = new Map<string, number>();
  /** Set by whoever turns the clock, before anything is told. */
  now: Millis = 0;
  /** By what rule who has just said something should not be closed for it. */
  #suspected: string | undefined;
  /** Whether time passes: an EXPIRE may then be a sweep's, else it answers what was just sent. */
  isWaiting = false;

  constructor(expected: Expectations) {
    this.#expected = expected;
    this.#outbox = new Outbox(expected, (who) => this.ownerOf(who));
  }

  ownerOf(who: Pick<Credentials, 'realm' | 'id'>): Line | undefined {
    return this.#owner.get(seatOf(who));
  }

  /** The rule by which an id came to be free; undefined where it was nobody's yet. */
  freedBy(who: Pick<Credentials, 'realm' | 'id'>): string | undefined {
    return this.#freedBy.get(seatOf(who));
  }

  /** A line asks to be a peer. @returns what must come of it. */
  tries(line: Line): Verdict {
    const owner = this.ownerOf(line);
    line.verdict = this.#verdict(line, owner);
    this.#live.add(line);
    line.words.push(this.now);
    line.beatAt = this.now;
    if (line.verdict !== 'in') {
      line.ending = REFUSALS[line.verdict];
      return line.verdict;
    }
    if (owner !== undefined) {
      const { reconnectIsWelcome, everyWordCounts } = this.#expected.habits;
      owner.ending = { rule: 'O5', code: 4001, isOwed: reconnectIsWelcome };
      line.isReconnect = true;
      if (!everyWordCounts) line.beatAt = owner.beatAt;
    }
    const seat = `${seatOf(line)}\n${line.token}`;
    const last = this.#lastLine.get(seat);
    if (last !== undefined) line.earlier = saidOn(last);
    this.#lastLine.set(seat, line);
    this.#owner.set(seatOf(line), line);
    return 'in';
  }

  /** `line` says something: that it lives, at least. @param isBeat whether it is a HEARTBEAT. */
  speaks(line: Line, isBeat = false): void {
    line.words.push(this.now);
    if (isBeat || this.#expected.habits.everyWordCounts) line.beatAt = this.now;
  }

  stumbles(line: Line): void {
    this.#suspected = 'M10';
    line.stumbles.push(this.now);
    this.speaks(line);
  }

  /** @returns the number that the message carries as its payload. */
  sends(from: Line, to: string, kind: Kind): number {
    this.speaks(from);
    const wasIn = this.ownerOf({ realm: from.realm, id: to }) !== undefined;
    return this.#outbox.add({ kind, from, to, at: this.now, wasIn, isDropped: !wasIn && !waits(kind) });
  }

  /** M7: it says goodbye. */
  leaves(line: Line): void {
    this.speaks(line);
    this.#frees(line, 'M7');
    line.ending = { rule: 'M7', code: 1000, isOwed: this.#expected.habits.leavingCloses };
  }

  /** L2: it is over by its own will. */
  hangsUp(line: Line): void {
    this.#isOver(line, 'L2');
  }

  /** It was closed by the server. @throws BrokenPromise */
  isClosed(line: Line, code: number): void {
    if (line.isOver) return;
    // M19: its LEAVE was one message too many.
    if (line.ending?.rule === 'M7' && code === 1008 && mayBeFlooding(line, this.#expected)) line.ending = undefined;
    const { ending, name } = line;
    const rule = ending?.rule ?? this.#whyClosed(line, code);
    promised(rule !== undefined, this.#suspected ?? 'L1', `${name} was closed with ${code} for no reason`);
    const wasTold = line.verdict === 'in' || line.isRefused;
    promised(wasTold, rule, `${name} was closed with ${code} and not told why it is not let in`);
    const isRight = ending === undefined || !this.#expected.habits.closesWithCodes || code === ending.code;
    promised(isRight, rule, `${name} was closed with ${code} instead of ${ending?.code}`);
    // Who is closed for its silence was not closed in time for anything else.
    const owed = rule === 'L1' ? this.#owedBy(line) : undefined;
    if (owed !== undefined) throw owed;
    if (ending === undefined) this.#outbox.isCutShort(line, { isOneTooMany: rule === 'M19' && !this.isWaiting });
    this.#isOver(line, rule);
  }

  /** One frame that `line` heard. @throws BrokenPromise */
  hears(line: Line, frame: Heard): void {
    const { name } = line;
    switch (frame.type) {
      case 'OPEN':
        return this.#isWelcome(line);
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        return this.#isTold(line, frame);
      case 'LEAVE':
        if (frame.payload !== undefined) return this.#isTold(line, frame);
        throw new BrokenPromise('M16', `${name} heard that ${frame.src} has left, and nothing sent to it was lost`);
      case 'EXPIRE':
        promised(frame.dst === line.id, 'M14', `${name} heard an EXPIRE for ${frame.dst}`, { isDangerous: true });
        promised(frame.isExact, 'M14', `${name} heard an EXPIRE with other members than src and dst`);
        return this.#outbox.isExpired(line, { absent: frame.src ?? '', now: this.now, isWaiting: this.isWaiting });
      case 'ERROR':
      case 'ID-TAKEN':
        return this.#isTurnedAway(line, frame.type);
      default:
        throw new BrokenPromise('M9', `${name} heard a ${frame.type}`);
    }
  }

  /** All that was sent so far has been read by the server, or never will be. */
  isSettled(): void {
    this.#suspected = undefined;
    this.#outbox.isSettled();
  }

  /** What should have come by now, and may still come where frames are under way. */
  owed(): BrokenPromise | undefined {
    for (const line of this.#live) {
      const owed = this.#owedBy(line);
      if (owed !== undefined) return owed;
    }
    return this.#outbox.owed(this.now);
  }

  /** What must hold after every step, when nothing is under way. @throws BrokenPromise */
  checkAll(): void {
    const owed = this.owed();
    if (owed !== undefined) throw owed;
    this.#outbox.forgetLost(this.now);
  }

  /** Whether something is about to happen by itself, within `margin`, or should have happened. */
  isTwilight(margin: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#expected.limits;
    for (const line of this.#owner.values()) if (this.now - line.beatAt >= aliveTimeout - margin) return true;
    return this.#outbox.isTwilight(this.now, margin);
  }

  /** Whether a message waits of which its sender must still hear. */
  get isWaitedFor(): boolean {
    return this.#outbox.isWaitedFor;
  }

  #verdict(line: Line, owner: Line | undefined): Verdict {
    if (this.#expected.habits.idsAreChecked && !parsePeerId(line.id).ok) return 'unfit';
    if (owner !== undefined) return owner.token === line.token ? 'in' : 'taken';
    const members = [...this.#owner.values()].filter(({ realm }) => realm === line.realm).length;
    return members >= (this.#expected.limits.concurrentLimit ?? Infinity) ? 'full' : 'in';
  }

  #isOver(line: Line, rule: string): void {
    line.isOver = true;
    this.#live.delete(line);
    this.#frees(line, rule);
  }

  #frees(line: Line, rule: string): void {
    if (this.ownerOf(line) !== line) return;
    this.#owner.delete(seatOf(line));
    this.#freedBy.set(seatOf(line), rule);
  }

  #isWelcome(line: Line): void {
    const { ending, name, verdict } = line;
    if (verdict !== 'in') {
      throw new BrokenPromise(ending?.rule ?? 'O4', `${name} is ${verdict}, and heard OPEN`, {
        isDangerous: verdict === 'taken',
      });
    }
    promised(!line.isWelcome, 'O3', `${name} heard OPEN twice`);
    line.isWelcome = true;
  }

  #isTurnedAway(line: Line, type: 'ERROR' | 'ID-TAKEN'): void {
    const { ending, name, verdict } = line;
    if (verdict === 'in') {
      const rule = line.isReconnect ? 'O5' : (this.freedBy(line) ?? 'O3');
      throw new BrokenPromise(rule, `${name} heard ${type}, and ${line.isReconnect ? 'it has the token' : 'its id is free'}`);
    }
    const isRight = (type === 'ID-TAKEN') === (verdict === 'taken');
    promised(isRight, ending?.rule ?? 'O4', `${name} is ${verdict}, and heard ${type}`);
    line.isRefused = true;
  }

  /** M1, O11: a message came. */
  #isTold(line: Line, frame: Heard): void {
    const { src, dst, payload } = frame;
    const sent = this.#outbox.find(payload?.n);
    if (sent === undefined) throw new BrokenPromise('M1', `${line.name} heard what nobody sent`);
    const what = named(sent);
    const danger = { isDangerous: true };
    promised(line.realm === sent.from.realm, 'O2', `${what} left its realm`, danger);
    promised(dst === sent.to && line.id === sent.to, 'M1', `${what} came to ${line.name}, with dst ${dst}`, danger);
    promised(src === sent.from.id, 'M1', `${what} came with src ${src}`, danger);
    promised(frame.type === sent.kind, 'M1', `${what} came as ${frame.type}`);
    promised(frame.isExact, 'M1', `${what} came with other members than type, src, dst and payload`);
    promised(this.ownerOf(line) === line, 'O5', `${what} came to ${line.name}, which does not speak for its id`);
    const needsWelcome = !line.isReconnect || this.#expected.habits.reconnectIsWelcome;
    promised(line.isWelcome || !needsWelcome, 'O11', `${what} came before OPEN`);
    this.#outbox.isHeard(sent, this.now);
    this.#isInOrder(sent, what);
  }

  #isInOrder(sent: Sent, what: string): void {
    const pair = `${seatOf(sent.from)}\n${sent.to}`;
    promised((this.#lastHeard.get(pair) ?? -1) < sent.n, 'M17', `${what} came after a later one`);
    this.#lastHeard.set(pair, sent.n);
  }

  #owedBy(line: Line): BrokenPromise | undefined {
    const { ending, name } = line;
    if (ending !== undefined) {
      return ending.isOwed ? new BrokenPromise(ending.rule, `${name} is not closed (${ending.code})`) : undefined;
    }
    const { limits, tolerance, habits } = this.#expected;
    if (!line.isWelcome && (!line.isReconnect || habits.reconnectIsWelcome)) {
      return new BrokenPromise(line.isReconnect ? 'O5' : 'O3', `${name} is in, and heard no OPEN`);
    }
    if (isSurelyFlooding(line, this.#expected)) return new BrokenPromise('M19', `${name} floods on and on`);
    if (surelyStumblesTooMuch(line, this.#expected, this.now)) return new BrokenPromise('M10', `${name} stumbles on and on`);
    const silence = this.now - (line.words.at(-1) ?? 0);
    // L5: a server may count the pongs of a silent peer for as long again.
    const isDead = silence > 2 * (limits.aliveTimeout ?? Infinity) + limits.sweepInterval + tolerance.late;
    return isDead ? new BrokenPromise('L1', `${name} is silent for ${Math.round(silence)} ms, and still in`) : undefined;
  }

  /** L1, M10, M19: by what rule the server may close a line by its own will. */
  #whyClosed(line: Line, code: number): string | undefined {
    const { habits, limits, tolerance } = this.#expected;
    const isCode = (right: number): boolean => !habits.closesWithCodes || code === right;
    const silence = this.now - line.beatAt + tolerance.early;
    if (isCode(4002) && silence >= (limits.aliveTimeout ?? 0)) return 'L1';
    if (isCode(1007) && mayStumbleTooMuch(line, this.#expected, this.now)) return 'M10';
    return isCode(1008) && mayBeFlooding(line, this.#expected) ? 'M19' : undefined;
  }
}

/** Long ago is long paid. */
const LONGEST_MEMORY = 1_000;

function saidOn({ earlier, words, stumbles }: Line): Line['earlier'] {
  return {
    words: [...earlier.words, ...words].slice(-LONGEST_MEMORY),
    stumbles: [...earlier.stumbles, ...stumbles].slice(-LONGEST_MEMORY),
  };
}
