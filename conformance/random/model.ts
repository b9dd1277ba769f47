/*
 * The model: a notebook of what was seen. Who is in, what was sent to whom, who was told what.
 * It predicts nothing that the rules leave open; after every step it asks whether what was seen
 * can be true. It knows no mailboxes, no sessions and no ports.
 */
import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { RuleViolation, assertRule } from './rule-violation.ts';
import type { Expectations } from './expectations.ts';
import { surelyExceedsRate, mayExceedRate, mayExceedMalformed, surelyExceedsMalformed } from './timing.ts';
import type { ReceivedFrame } from './received-frame.ts';
import {
  idKey,
  type Credentials,
  type ExpectedClose,
  type ClientConnection,
  type AdmissionOutcome,
} from './client-connection.ts';
import { isHeldForAbsent, type Kind } from './message-kinds.ts';
import { SentMessages } from './sent-messages.ts';
import { describeMessage, type SentMessage } from './sent-message.ts';

/** O4, O6, O7: how who is not let in is closed. */
const REFUSALS: Readonly<Record<Exclude<AdmissionOutcome, 'in'>, ExpectedClose>> = {
  taken: { rule: 'O4', code: 1008, isRequired: true },
  full: { rule: 'O6', code: 1013, isRequired: true },
  unfit: { rule: 'O7', code: 1008, isRequired: true },
};

export class Model {
  readonly #expected: Expectations;
  readonly #owner = new Map<string, ClientConnection>();
  /** By what rule each id came to be free that was somebody's. */
  readonly #freedBy = new Map<string, string>();
  readonly #live = new Set<ClientConnection>();
  /** M10, M19: the last line of each owner that was let in. */
  readonly #lastConnection = new Map<string, ClientConnection>();
  readonly #sentMessages: SentMessages;
  /** Of each pair of sender and receiver the last message that came. */
  readonly #lastDelivered = new Map<string, number>();
  /** Set by whoever turns the clock, before anything is told. */
  now: Millis = 0;
  /** By what rule who has just said something should not be closed for it. */
  #ruleAtRisk: string | undefined;
  /** Whether time passes: an EXPIRE may then be a sweep's, else it answers what was just sent. */
  isTimePassing = false;

  constructor(expected: Expectations) {
    this.#expected = expected;
    this.#sentMessages = new SentMessages(expected, (who) => this.ownerOf(who));
  }

  ownerOf(who: Pick<Credentials, 'realm' | 'id'>): ClientConnection | undefined {
    return this.#owner.get(idKey(who));
  }

  /** The rule by which an id came to be free; undefined where it was nobody's yet. */
  freedBy(who: Pick<Credentials, 'realm' | 'id'>): string | undefined {
    return this.#freedBy.get(idKey(who));
  }

  /** A line asks to be a peer. @returns what must come of it. */
  recordConnect(line: ClientConnection): AdmissionOutcome {
    const owner = this.ownerOf(line);
    line.outcome = this.#expectedOutcome(line, owner);
    this.#live.add(line);
    line.sentAt.push(this.now);
    line.lastAliveAt = this.now;
    if (line.outcome !== 'in') {
      line.expectedClose = REFUSALS[line.outcome];
      return line.outcome;
    }
    if (owner !== undefined) {
      const { reconnectGetsOpen, anyMessageKeepsAlive } = this.#expected.behaviours;
      owner.expectedClose = { rule: 'O5', code: 4001, isRequired: reconnectGetsOpen };
      line.isReconnect = true;
      if (!anyMessageKeepsAlive) line.lastAliveAt = owner.lastAliveAt;
    }
    const seat = `${idKey(line)}\n${line.token}`;
    const last = this.#lastConnection.get(seat);
    if (last !== undefined) line.previous = timesOf(last);
    this.#lastConnection.set(seat, line);
    this.#owner.set(idKey(line), line);
    return 'in';
  }

  /** `line` says something: that it lives, at least. @param isBeat whether it is a HEARTBEAT. */
  recordFrame(line: ClientConnection, isBeat = false): void {
    line.sentAt.push(this.now);
    if (isBeat || this.#expected.behaviours.anyMessageKeepsAlive) line.lastAliveAt = this.now;
  }

  recordMalformed(line: ClientConnection): void {
    this.#ruleAtRisk = 'M10';
    line.malformedAt.push(this.now);
    this.recordFrame(line);
  }

  /** @returns the number that the message carries as its payload. */
  recordMessage(from: ClientConnection, to: string, kind: Kind): number {
    this.recordFrame(from);
    const wasPresent = this.ownerOf({ realm: from.realm, id: to }) !== undefined;
    return this.#sentMessages.add({ kind, from, to, at: this.now, wasPresent, isDropped: !wasPresent && !isHeldForAbsent(kind) });
  }

  /** M7: it says goodbye. */
  recordLeave(line: ClientConnection): void {
    this.recordFrame(line);
    this.#freeId(line, 'M7');
    line.expectedClose = { rule: 'M7', code: 1000, isRequired: this.#expected.behaviours.leaveCloses };
  }

  /** L2: it is over by its own will. */
  recordHangUp(line: ClientConnection): void {
    this.#close(line, 'L2');
  }

  /** It was closed by the server. @throws BrokenPromise */
  recordClose(line: ClientConnection, code: number): void {
    if (line.isClosed) return;
    // M19: its LEAVE was one message too many.
    if (line.expectedClose?.rule === 'M7' && code === 1008 && mayExceedRate(line, this.#expected)) line.expectedClose = undefined;
    const { expectedClose, name } = line;
    const rule = expectedClose?.rule ?? this.#closeRule(line, code);
    assertRule(rule !== undefined, this.#ruleAtRisk ?? 'L1', `${name} was closed with ${code} for no reason`);
    const wasTold = line.outcome === 'in' || line.gotRefusal;
    assertRule(wasTold, rule, `${name} was closed with ${code} and not told why it is not let in`);
    const isRight = expectedClose === undefined || !this.#expected.behaviours.usesCloseCodes || code === expectedClose.code;
    assertRule(isRight, rule, `${name} was closed with ${code} instead of ${expectedClose?.code}`);
    // Who is closed for its silence was not closed in time for anything else.
    const owed = rule === 'L1' ? this.#overdueFor(line) : undefined;
    if (owed !== undefined) throw owed;
    if (expectedClose === undefined)
      {this.#sentMessages.recordInterruption(line, { isOneTooMany: rule === 'M19' && !this.isTimePassing });}
    this.#close(line, rule);
  }

  /** One frame that `line` heard. @throws BrokenPromise */
  receive(line: ClientConnection, frame: ReceivedFrame): void {
    const { name } = line;
    switch (frame.type) {
      case 'OPEN':
        return this.#receiveOpen(line);
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        return this.#receiveMessage(line, frame);
      case 'LEAVE':
        if (frame.payload !== undefined) return this.#receiveMessage(line, frame);
        throw new RuleViolation('M16', `${name} heard that ${frame.src} has left, and nothing sent to it was lost`);
      case 'EXPIRE':
        assertRule(frame.dst === line.id, 'M14', `${name} heard an EXPIRE for ${frame.dst}`, { isDangerous: true });
        assertRule(frame.isExact, 'M14', `${name} heard an EXPIRE with other members than src and dst`);
        return this.#sentMessages.recordExpire(line, { absent: frame.src ?? '', now: this.now, isWaiting: this.isTimePassing });
      case 'ERROR':
      case 'ID-TAKEN':
        return this.#receiveRefusal(line, frame.type);
      default:
        throw new RuleViolation('M9', `${name} heard a ${frame.type}`);
    }
  }

  /** All that was sent so far has been read by the server, or never will be. */
  settle(): void {
    this.#ruleAtRisk = undefined;
    this.#sentMessages.settle();
  }

  /** What should have come by now, and may still come where frames are under way. */
  overdue(): RuleViolation | undefined {
    for (const line of this.#live) {
      const owed = this.#overdueFor(line);
      if (owed !== undefined) return owed;
    }
    return this.#sentMessages.overdue(this.now);
  }

  /** What must hold after every step, when nothing is under way. @throws BrokenPromise */
  checkAll(): void {
    const owed = this.overdue();
    if (owed !== undefined) throw owed;
    this.#sentMessages.dropUnreported(this.now);
  }

  /** Whether something is about to happen by itself, within `margin`, or should have happened. */
  isNearDeadline(margin: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#expected.limits;
    for (const line of this.#owner.values()) if (this.now - line.lastAliveAt >= aliveTimeout - margin) return true;
    return this.#sentMessages.isNearDeadline(this.now, margin);
  }

  /** Whether a message waits of which its sender must still hear. */
  get isAwaitingExpiry(): boolean {
    return this.#sentMessages.isAwaitingExpiry;
  }

  #expectedOutcome(line: ClientConnection, owner: ClientConnection | undefined): AdmissionOutcome {
    if (this.#expected.behaviours.validatesIds && !parsePeerId(line.id).ok) return 'unfit';
    if (owner !== undefined) return owner.token === line.token ? 'in' : 'taken';
    const members = [...this.#owner.values()].filter(({ realm }) => realm === line.realm).length;
    return members >= (this.#expected.limits.concurrentLimit ?? Infinity) ? 'full' : 'in';
  }

  #close(line: ClientConnection, rule: string): void {
    line.isClosed = true;
    this.#live.delete(line);
    this.#freeId(line, rule);
  }

  #freeId(line: ClientConnection, rule: string): void {
    if (this.ownerOf(line) !== line) return;
    this.#owner.delete(idKey(line));
    this.#freedBy.set(idKey(line), rule);
  }

  #receiveOpen(line: ClientConnection): void {
    const { expectedClose, name, outcome } = line;
    if (outcome !== 'in') {
      throw new RuleViolation(expectedClose?.rule ?? 'O4', `${name} is ${outcome}, and heard OPEN`, {
        isDangerous: outcome === 'taken',
      });
    }
    assertRule(!line.gotOpen, 'O3', `${name} heard OPEN twice`);
    line.gotOpen = true;
  }

  #receiveRefusal(line: ClientConnection, type: 'ERROR' | 'ID-TAKEN'): void {
    const { expectedClose, name, outcome } = line;
    if (outcome === 'in') {
      const rule = line.isReconnect ? 'O5' : (this.freedBy(line) ?? 'O3');
      throw new RuleViolation(rule, `${name} heard ${type}, and ${line.isReconnect ? 'it has the token' : 'its id is free'}`);
    }
    const isRight = (type === 'ID-TAKEN') === (outcome === 'taken');
    assertRule(isRight, expectedClose?.rule ?? 'O4', `${name} is ${outcome}, and heard ${type}`);
    line.gotRefusal = true;
  }

  /** M1, O11: a message came. */
  #receiveMessage(line: ClientConnection, frame: ReceivedFrame): void {
    const { src, dst, payload } = frame;
    const sent = this.#sentMessages.find(payload?.n);
    if (sent === undefined) throw new RuleViolation('M1', `${line.name} heard what nobody sent`);
    const what = describeMessage(sent);
    const danger = { isDangerous: true };
    assertRule(line.realm === sent.from.realm, 'O2', `${what} left its realm`, danger);
    assertRule(dst === sent.to && line.id === sent.to, 'M1', `${what} came to ${line.name}, with dst ${dst}`, danger);
    assertRule(src === sent.from.id, 'M1', `${what} came with src ${src}`, danger);
    assertRule(frame.type === sent.kind, 'M1', `${what} came as ${frame.type}`);
    assertRule(frame.isExact, 'M1', `${what} came with other members than type, src, dst and payload`);
    assertRule(this.ownerOf(line) === line, 'O5', `${what} came to ${line.name}, which does not speak for its id`);
    const needsWelcome = !line.isReconnect || this.#expected.behaviours.reconnectGetsOpen;
    assertRule(line.gotOpen || !needsWelcome, 'O11', `${what} came before OPEN`);
    this.#sentMessages.recordDelivery(sent, this.now);
    this.#checkOrder(sent, what);
  }

  #checkOrder(sent: SentMessage, what: string): void {
    const pair = `${idKey(sent.from)}\n${sent.to}`;
    assertRule((this.#lastDelivered.get(pair) ?? -1) < sent.n, 'M17', `${what} came after a later one`);
    this.#lastDelivered.set(pair, sent.n);
  }

  #overdueFor(line: ClientConnection): RuleViolation | undefined {
    const { expectedClose, name } = line;
    if (expectedClose !== undefined) {
      return expectedClose.isRequired
        ? new RuleViolation(expectedClose.rule, `${name} is not closed (${expectedClose.code})`)
        : undefined;
    }
    const { limits, tolerance, behaviours } = this.#expected;
    if (!line.gotOpen && (!line.isReconnect || behaviours.reconnectGetsOpen)) {
      return new RuleViolation(line.isReconnect ? 'O5' : 'O3', `${name} is in, and heard no OPEN`);
    }
    if (surelyExceedsRate(line, this.#expected)) return new RuleViolation('M19', `${name} floods on and on`);
    if (surelyExceedsMalformed(line, this.#expected, this.now)) return new RuleViolation('M10', `${name} stumbles on and on`);
    const silence = this.now - (line.sentAt.at(-1) ?? 0);
    // L5: a server may count the pongs of a silent peer for as long again.
    const isDead = silence > 2 * (limits.aliveTimeout ?? Infinity) + limits.sweepInterval + tolerance.late;
    return isDead ? new RuleViolation('L1', `${name} is silent for ${Math.round(silence)} ms, and still in`) : undefined;
  }

  /** L1, M10, M19: by what rule the server may close a line by its own will. */
  #closeRule(line: ClientConnection, code: number): string | undefined {
    const { behaviours, limits, tolerance } = this.#expected;
    const isCode = (right: number): boolean => !behaviours.usesCloseCodes || code === right;
    const silence = this.now - line.lastAliveAt + tolerance.early;
    if (isCode(4002) && silence >= (limits.aliveTimeout ?? 0)) return 'L1';
    if (isCode(1007) && mayExceedMalformed(line, this.#expected, this.now)) return 'M10';
    return isCode(1008) && mayExceedRate(line, this.#expected) ? 'M19' : undefined;
  }
}

/** Long ago is long paid. */
const MAX_KEPT_TIMES = 1_000;

function timesOf({ previous, sentAt, malformedAt }: ClientConnection): ClientConnection['previous'] {
  return {
    sentAt: [...previous.sentAt, ...sentAt].slice(-MAX_KEPT_TIMES),
    malformedAt: [...previous.malformedAt, ...malformedAt].slice(-MAX_KEPT_TIMES),
  };
}
