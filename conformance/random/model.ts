/*
 * The model of a server: which peers are present, which messages were sent, and what was received. The model predicts nothing
 * that
 * the rules leave open. After every step it verifies that the observations are possible. It has no mailboxes, sessions or ports.
 */
import { parsePeerId } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import { RuleViolation, assertRule } from './rule-violation.ts';
import type { Expectations } from './expectations.ts';
import { allowedCloseRule, mayExceedRate, surelyExceedsMalformed, surelyExceedsRate } from './timing.ts';
import type { ReceivedFrame } from './received-frame.ts';
import { idKey, timesOf } from './client-connection.ts';
import type { AdmissionOutcome, ClientConnection, Credentials, ExpectedClose } from './client-connection.ts';
import { isHeldForAbsent, type Kind } from './message-kinds.ts';
import { SentMessages } from './sent-messages.ts';
import { describeMessage, type SentMessage } from './sent-message.ts';

/** O4, O6, O7: the close that follows a refusal. */
const REFUSALS: Readonly<Record<Exclude<AdmissionOutcome, 'admitted'>, ExpectedClose>> = {
  taken: { rule: 'O4', code: 1008, isRequired: true },
  full: { rule: 'O6', code: 1013, isRequired: true },
  'invalid-id': { rule: 'O7', code: 1008, isRequired: true },
};

export class Model {
  readonly #expected: Expectations;
  readonly #owner = new Map<string, ClientConnection>();
  /** The rule that freed each id. */
  readonly #freedBy = new Map<string, string>();
  readonly #live = new Set<ClientConnection>();
  /** M10, M19: the last admitted connection of each owner. */
  readonly #lastConnection = new Map<string, ClientConnection>();
  readonly #sentMessages: SentMessages;
  /** The number of the last delivered message of each sender and receiver. */
  readonly #lastDelivered = new Map<string, number>();
  /** The current time; the driver sets it before each call. */
  now: Millis = 0;
  /** The rule that forbids closing a connection for the frame just sent. */
  #ruleAtRisk: string | undefined;
  /** True while time passes: an EXPIRE may then come from a sweep. Otherwise it answers the last message. */
  isTimePassing = false;

  constructor(expected: Expectations) {
    this.#expected = expected;
    this.#sentMessages = new SentMessages(expected, (who) => this.ownerOf(who));
  }

  ownerOf(who: Pick<Credentials, 'realm' | 'id'>): ClientConnection | undefined {
    return this.#owner.get(idKey(who));
  }

  /** The rule that freed the id; undefined if the id was never owned. */
  freedBy(who: Pick<Credentials, 'realm' | 'id'>): string | undefined {
    return this.#freedBy.get(idKey(who));
  }

  /** Records a connection attempt. @returns the expected result */
  recordConnect(connection: ClientConnection): AdmissionOutcome {
    const owner = this.ownerOf(connection);
    connection.outcome = this.#expectedOutcome(connection, owner);
    this.#live.add(connection);
    connection.sentAt.push(this.now);
    connection.lastAliveAt = this.now;
    if (connection.outcome !== 'admitted') {
      connection.expectedClose = REFUSALS[connection.outcome];
      return connection.outcome;
    }
    if (owner !== undefined) {
      const { reconnectGetsOpen, anyMessageKeepsAlive } = this.#expected.behaviours;
      owner.expectedClose = { rule: 'O5', code: 4001, isRequired: reconnectGetsOpen };
      connection.isReconnect = true;
      if (!anyMessageKeepsAlive) connection.lastAliveAt = owner.lastAliveAt;
    }
    const ownerKey = `${idKey(connection)}\n${connection.token}`;
    const last = this.#lastConnection.get(ownerKey);
    if (last !== undefined) connection.previous = timesOf(last);
    this.#lastConnection.set(ownerKey, connection);
    this.#owner.set(idKey(connection), connection);
    return 'admitted';
  }

  /** Records a sent frame. @param isBeat true for HEARTBEAT. */
  recordFrame(connection: ClientConnection, isBeat = false): void {
    connection.sentAt.push(this.now);
    if (isBeat || this.#expected.behaviours.anyMessageKeepsAlive) connection.lastAliveAt = this.now;
  }

  recordMalformed(connection: ClientConnection): void {
    this.#ruleAtRisk = 'M10';
    connection.malformedAt.push(this.now);
    this.recordFrame(connection);
  }

  /** @returns the number of the message, which is also its payload. */
  recordMessage(from: ClientConnection, to: string, kind: Kind): number {
    this.recordFrame(from);
    const wasPresent = this.ownerOf({ realm: from.realm, id: to }) !== undefined;
    return this.#sentMessages.add({ kind, from, to, at: this.now, wasPresent, isDropped: !wasPresent && !isHeldForAbsent(kind) });
  }

  /** M7: the client sends LEAVE. */
  recordLeave(connection: ClientConnection): void {
    this.recordFrame(connection);
    this.#freeId(connection, 'M7');
    connection.expectedClose = { rule: 'M7', code: 1000, isRequired: this.#expected.behaviours.leaveCloses };
  }

  /** L2: the client ends the connection. */
  recordHangUp(connection: ClientConnection): void {
    this.#close(connection, 'L2');
  }

  /** The server closes the connection. @throws RuleViolation */
  recordClose(connection: ClientConnection, code: number): void {
    if (connection.isClosed) return;
    // M19: LEAVE itself exceeded the rate limit.
    if (connection.expectedClose?.rule === 'M7' && code === 1008 && mayExceedRate(connection, this.#expected)) {
      connection.expectedClose = undefined;
    }
    const { expectedClose, name } = connection;
    const rule = expectedClose?.rule ?? allowedCloseRule(connection, code, this.#expected, this.now);
    assertRule(rule !== undefined, this.#ruleAtRisk ?? 'L1', `the server closed ${name} with ${code} for no reason`);
    const isExplained = connection.outcome === 'admitted' || connection.gotRefusal;
    assertRule(isExplained, rule, `the server closed ${name} with ${code} without a refusal frame`);
    const isRight = expectedClose === undefined || !this.#expected.behaviours.usesCloseCodes || code === expectedClose.code;
    assertRule(isRight, rule, `the server closed ${name} with ${code} instead of ${expectedClose?.code}`);
    // A close for liveness means that no other close that was due happened in time.
    const overdue = rule === 'L1' ? this.#overdueFor(connection) : undefined;
    if (overdue !== undefined) throw overdue;
    if (expectedClose === undefined) {
      this.#sentMessages.recordInterruption(connection, { isOneTooMany: rule === 'M19' && !this.isTimePassing });
    }
    this.#close(connection, rule);
  }

  /** Records a received frame. @throws RuleViolation */
  receive(connection: ClientConnection, frame: ReceivedFrame): void {
    const { name } = connection;
    switch (frame.type) {
      case 'OPEN':
        return this.#receiveOpen(connection);
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        return this.#receiveMessage(connection, frame);
      case 'LEAVE':
        if (frame.payload !== undefined) return this.#receiveMessage(connection, frame);
        throw new RuleViolation('M16', `${name} received LEAVE from ${frame.src}, although no message to that peer was lost`);
      case 'EXPIRE':
        assertRule(frame.dst === connection.id, 'M14', `${name} received an EXPIRE with the dst ${frame.dst}`, {
          isDangerous: true,
        });
        assertRule(frame.isExact, 'M14', `${name} received an EXPIRE with members other than type, src and dst`);
        return this.#sentMessages.recordExpire(connection, {
          absent: frame.src ?? '',
          now: this.now,
          isWaiting: this.isTimePassing,
        });
      case 'ERROR':
      case 'ID-TAKEN':
        return this.#receiveRefusal(connection, frame.type);
      default:
        throw new RuleViolation('M9', `${name} received a frame of type ${frame.type}`);
    }
  }

  /** The server has read all frames sent so far, or never will. */
  settle(): void {
    this.#ruleAtRisk = undefined;
    this.#sentMessages.settle();
  }

  /** A missing event that is due. It may still arrive while frames are in flight. */
  overdue(): RuleViolation | undefined {
    for (const connection of this.#live) {
      const overdue = this.#overdueFor(connection);
      if (overdue !== undefined) return overdue;
    }
    return this.#sentMessages.overdue(this.now);
  }

  /** Verifies the state after a step, when no frame is in flight. @throws RuleViolation */
  checkAll(): void {
    const overdue = this.overdue();
    if (overdue !== undefined) throw overdue;
    this.#sentMessages.dropUnreported(this.now);
  }

  /** True if a timeout expires within `margin`, or is overdue. */
  isNearDeadline(margin: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#expected.limits;
    for (const connection of this.#owner.values()) if (this.now - connection.lastAliveAt >= aliveTimeout - margin) return true;
    return this.#sentMessages.isNearDeadline(this.now, margin);
  }

  /** True if a message is held whose sender must be notified. */
  get isAwaitingExpiry(): boolean {
    return this.#sentMessages.isAwaitingExpiry;
  }

  #expectedOutcome(connection: ClientConnection, owner: ClientConnection | undefined): AdmissionOutcome {
    if (this.#expected.behaviours.validatesIds && !parsePeerId(connection.id).ok) return 'invalid-id';
    if (owner !== undefined) return owner.token === connection.token ? 'admitted' : 'taken';
    const members = [...this.#owner.values()].filter(({ realm }) => realm === connection.realm).length;
    return members >= (this.#expected.limits.concurrentLimit ?? Infinity) ? 'full' : 'admitted';
  }

  #close(connection: ClientConnection, rule: string): void {
    connection.isClosed = true;
    this.#live.delete(connection);
    this.#freeId(connection, rule);
  }

  #freeId(connection: ClientConnection, rule: string): void {
    if (this.ownerOf(connection) !== connection) return;
    this.#owner.delete(idKey(connection));
    this.#freedBy.set(idKey(connection), rule);
  }

  #receiveOpen(connection: ClientConnection): void {
    const { expectedClose, name, outcome } = connection;
    if (outcome !== 'admitted') {
      throw new RuleViolation(expectedClose?.rule ?? 'O4', `${name} received OPEN, but the expected outcome is "${outcome}"`, {
        isDangerous: outcome === 'taken',
      });
    }
    assertRule(!connection.gotOpen, 'O3', `${name} received OPEN twice`);
    connection.gotOpen = true;
  }

  #receiveRefusal(connection: ClientConnection, type: 'ERROR' | 'ID-TAKEN'): void {
    const { expectedClose, name, outcome } = connection;
    if (outcome === 'admitted') {
      const rule = connection.isReconnect ? 'O5' : (this.freedBy(connection) ?? 'O3');
      throw new RuleViolation(
        rule,
        `${name} received ${type}, although ${connection.isReconnect ? 'its token is valid' : 'its id is free'}`,
      );
    }
    const isRight = (type === 'ID-TAKEN') === (outcome === 'taken');
    assertRule(isRight, expectedClose?.rule ?? 'O4', `${name} received ${type}, but the expected outcome is "${outcome}"`);
    connection.gotRefusal = true;
  }

  /** M1, O11: a relayed message. */
  #receiveMessage(connection: ClientConnection, frame: ReceivedFrame): void {
    const { src, dst, payload } = frame;
    const sent = this.#sentMessages.find(payload?.n);
    if (sent === undefined) throw new RuleViolation('M1', `${connection.name} received a message that no peer sent`);
    const what = describeMessage(sent);
    const danger = { isDangerous: true };
    assertRule(connection.realm === sent.from.realm, 'O2', `${what} was delivered in another realm`, danger);
    assertRule(
      dst === sent.to && connection.id === sent.to,
      'M1',
      `${what} was delivered to ${connection.name}, with the dst ${dst}`,
      danger,
    );
    assertRule(src === sent.from.id, 'M1', `${what} was delivered with the src ${src}`, danger);
    assertRule(frame.type === sent.kind, 'M1', `${what} was delivered with the type ${frame.type}`);
    assertRule(frame.isExact, 'M1', `${what} was delivered with members other than type, src, dst and payload`);
    const isOwner = this.ownerOf(connection) === connection;
    assertRule(isOwner, 'O5', `${what} was delivered to ${connection.name}, which does not own the id`);
    assertRule(connection.gotOpen || !this.#requiresOpen(connection), 'O11', `${what} was delivered before OPEN`);
    this.#sentMessages.recordDelivery(sent, this.now);
    this.#checkOrder(sent, what);
  }

  #checkOrder(sent: SentMessage, what: string): void {
    const pair = `${idKey(sent.from)}\n${sent.to}`;
    assertRule((this.#lastDelivered.get(pair) ?? -1) < sent.n, 'M17', `${what} was delivered after a later message`);
    this.#lastDelivered.set(pair, sent.n);
  }

  #requiresOpen({ isReconnect }: ClientConnection): boolean {
    return !isReconnect || this.#expected.behaviours.reconnectGetsOpen;
  }

  #overdueFor(connection: ClientConnection): RuleViolation | undefined {
    const { expectedClose, name } = connection;
    const stillOpen = (rule: string, why: string): RuleViolation =>
      new RuleViolation(rule, `the server did not close ${name}${why}`);
    if (expectedClose !== undefined) {
      return expectedClose.isRequired ? stillOpen(expectedClose.rule, ` (${expectedClose.code})`) : undefined;
    }
    const { limits, tolerance } = this.#expected;
    if (!connection.gotOpen && this.#requiresOpen(connection)) {
      return new RuleViolation(connection.isReconnect ? 'O5' : 'O3', `${name} was admitted, but received no OPEN`);
    }
    if (surelyExceedsRate(connection, this.#expected)) return stillOpen('M19', ', which exceeds the rate limit');
    if (surelyExceedsMalformed(connection, this.#expected, this.now)) {
      return stillOpen('M10', ', which exceeds the limit of malformed frames');
    }
    const silence = this.now - (connection.sentAt.at(-1) ?? 0);
    // L5: pongs may keep a silent peer alive for a second timeout.
    const isDead = silence > 2 * (limits.aliveTimeout ?? Infinity) + limits.sweepInterval + tolerance.late;
    return isDead ? stillOpen('L1', `, which has been silent for ${Math.round(silence)} ms`) : undefined;
  }
}
