import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import { HandshakeRefused } from '../client/peer-client.ts';
import { Transcript } from '../client/transcript.ts';
import { sleep, errorMessage } from '../waiting.ts';
import { RuleViolation, ConnectFailure, assertRule } from './rule-violation.ts';
import { probeIn } from './probe.ts';
import { readFrame, type ReceivedFrame } from './received-frame.ts';
import { newConnection, type Credentials, type ClientConnection } from './client-connection.ts';
import { Model } from './model.ts';
import { ClientSocket } from './client-socket.ts';
import type { RunContext } from './run-context.ts';
import { ConditionWaiter } from './condition-waiter.ts';

/** A connection that has just sent a frame, and the rule that requires the server to process its next one. */
export interface Sender {
  readonly connection: ClientConnection;
  readonly ignoredRule?: string;
}

/** Retry interval for an id that should be free. */
const MIN_RETRY_MS = 2;
const MAX_RETRY_MS = 100;

/** Time limits for the closing handshake, and for the close after LEAVE. */
const CLOSE_TIMEOUT_MS = 1_000;
const LEAVE_TIMEOUT_MS = 250;

/** All connections of a run with their sockets. Reports every received frame to the model. */
export class Swarm {
  readonly model: Model;
  readonly transcript = new Transcript();
  /** Connections that the server closed. The driver verifies that their ids are free. */
  readonly closedByServer: ClientConnection[] = [];
  /** Prefix of ids and tag of message numbers, so that parallel runs do not interfere. */
  readonly runId = randomUUID().slice(0, 8);
  readonly #context: RunContext;
  readonly #waiter = new ConditionWaiter();
  readonly #sockets = new Map<ClientConnection, ClientSocket>();
  /** M7: true until the server leaves a socket open after LEAVE. */
  #closesAfterLeave = true;
  #violation: Error | undefined;
  #probes = 0;
  #lastEcho = 0;
  #slowestAnswer: Millis = 0;

  constructor(context: RunContext) {
    this.#context = context;
    this.model = new Model(context.expected);
    this.model.isTimePassing = true;
  }

  /** The duration of the slowest answer. */
  get slowestAnswer(): Millis {
    return this.#slowestAnswer;
  }

  /** The number of connections opened so far. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Opens a connection and waits until it is admitted or refused. @throws RuleViolation */
  async connect(name: string, who: Credentials): Promise<ClientConnection> {
    const connection = newConnection(name, who);
    this.#tick();
    const outcome = this.model.recordConnect(connection);
    const wasOwned = outcome === 'admitted' && !connection.isReconnect && this.model.freedBy(connection) !== undefined;
    const socket = wasOwned ? await this.#openWhenFree(connection) : await this.#open(connection);
    this.#sockets.set(connection, socket);
    this.#listen(connection, socket);
    const openIsOptional = connection.isReconnect && !this.#context.expected.behaviours.reconnectGetsOpen;
    await this.#waitForDue(() => connection.isClosed || connection.gotOpen || openIsOptional);
    return connection;
  }

  /** Opens a connection that the model does not track. @throws RuleViolation if no socket can be opened */
  async connectUntracked(name: string, who: Credentials): Promise<ClientConnection> {
    const connection = newConnection(name, who);
    const socket = await this.#open(connection);
    this.#sockets.set(connection, socket);
    await socket.waitForDecision(this.#context.server.patience);
    return connection;
  }

  /** Waits for the closing handshake; destroys the socket after the time limit. */
  async waitForClose(connection: ClientConnection): Promise<void> {
    const socket = this.socket(connection);
    if (!(await this.waitUntil(() => socket.isClosed, CLOSE_TIMEOUT_MS))) socket.cut();
  }

  /** M7: waits until the server has read LEAVE, which the close of the socket or a pong shows. */
  async waitForLeave(connection: ClientConnection): Promise<void> {
    const socket = this.socket(connection);
    const number = ++this.#probes;
    socket.ping(number);
    if (this.#closesAfterLeave && (await this.waitUntil(() => socket.isClosed, LEAVE_TIMEOUT_MS))) return;
    this.#closesAfterLeave = false;
    await this.waitUntil(() => !socket.isOpen || socket.lastPong >= number, LEAVE_TIMEOUT_MS);
  }

  /**
   * Waits until the server has read all sent frames and all answers have arrived. Each sender receives an echo of its own
   * message, which the server relays after its earlier frames. All other connections receive a pong, which follows the frames
   * relayed to them.
   * @throws RuleViolation
   */
  async settle(...senders: readonly Sender[]): Promise<void> {
    const startedAt = this.#waiter.now;
    for (const sender of senders) await this.#expectEcho(sender);
    const others = [...this.#sockets.keys()].filter((connection) => this.model.ownerOf(connection) === connection);
    const silent = await this.#ping(others);
    assertRule(silent === undefined, 'L3', `${silent?.name} received no pong`);
    await this.#waitForDue(() => true);
    this.#slowestAnswer = Math.max(this.#slowestAnswer, this.#waiter.now - startedAt);
  }

  /** Waits until `holds` is true or an event is overdue. @throws RuleViolation */
  async waitUnlessOverdue(holds: () => boolean): Promise<void> {
    await this.waitUntil(() => {
      const overdue = this.model.overdue();
      if (overdue !== undefined) throw overdue;
      return holds();
    }, Infinity);
  }

  /** @returns true if `holds` became true in time. @throws RuleViolation */
  waitUntil(holds: () => boolean, ms: Millis = this.#context.server.patience): Promise<boolean> {
    return this.#waiter.waitUntil(() => {
      this.#tick();
      if (this.#violation !== undefined) throw this.#violation;
      return holds();
    }, ms);
  }

  sendHeartbeat(connection: ClientConnection): void {
    this.model.recordFrame(connection, true);
    this.socket(connection).send('{"type":"HEARTBEAT"}');
  }

  sendFrame(connection: ClientConnection, frame: object): void {
    this.socket(connection).send(JSON.stringify(frame));
  }

  socket(connection: ClientConnection): ClientSocket {
    const socket = this.#sockets.get(connection);
    if (socket === undefined) throw new ConnectFailure(`${connection.name} was never opened`, { isDangerous: false });
    return socket;
  }

  /** Destroys all open connections. */
  close(): void {
    for (const socket of this.#sockets.values()) socket.cut();
  }

  /** L4: the id is free, but the server may not have detected it yet. */
  async #openWhenFree(connection: ClientConnection): Promise<ClientSocket> {
    const deadline = this.#waiter.now + this.#context.server.patience;
    for (let pause = MIN_RETRY_MS; ; pause = Math.min(2 * pause, MAX_RETRY_MS)) {
      const socket = await this.#open(connection);
      await socket.waitForDecision(deadline - this.#waiter.now);
      const isRefused = /"(ID-TAKEN|ERROR)"/.test(socket.firstFrame ?? '');
      if (!isRefused || this.#waiter.now > deadline) return socket;
      socket.cut();
      await sleep(pause);
    }
  }

  async #open(connection: ClientConnection): Promise<ClientSocket> {
    try {
      return await ClientSocket.open(this.#context.server, connection, this.transcript);
    } catch (error) {
      const isDangerous = !(error instanceof HandshakeRefused);
      throw new ConnectFailure(`${connection.name} cannot open a socket: ${errorMessage(error)}`, { isDangerous });
    }
  }

  async #expectEcho({ connection, ignoredRule = 'M4' }: Sender): Promise<void> {
    if (connection.isClosed) return;
    // If only HEARTBEAT keeps a peer alive, the sender adds one to prevent a liveness timeout.
    if (!this.#context.expected.behaviours.anyMessageKeepsAlive) this.sendHeartbeat(connection);
    const echo = ++this.#probes;
    this.model.recordFrame(connection);
    this.sendFrame(connection, { type: 'CANDIDATE', dst: connection.id, payload: { echo, of: this.runId } });
    const sentAt = this.#waiter.now;
    const isHeard = await this.waitUntil(() => this.#lastEcho >= echo || connection.isClosed);
    const isDeaf = !isHeard || (this.#lastEcho < echo && this.#wasTimedOut(connection, sentAt));
    assertRule(!isDeaf, ignoredRule, `${connection.name} sent a message to itself, but did not receive it`);
  }

  /** L1: true if the server closed the connection for a liveness timeout, long after its frame. */
  #wasTimedOut(connection: ClientConnection, since: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#context.expected.limits;
    return this.model.freedBy(connection) === 'L1' && this.#waiter.now - since >= aliveTimeout / 2;
  }

  /** @returns a connection without a pong that is still open. */
  async #ping(connections: readonly ClientConnection[]): Promise<ClientConnection | undefined> {
    const number = ++this.#probes;
    for (const connection of connections) this.socket(connection).ping(number);
    const isSilent = (connection: ClientConnection): boolean =>
      this.socket(connection).isOpen && this.socket(connection).lastPong < number;
    await this.waitUntil(() => !connections.some(isSilent));
    return connections.find(isSilent);
  }

  /** Waits for outstanding events. @throws RuleViolation for an event that does not arrive, or if `holds` stays false */
  async #waitForDue(holds: () => boolean): Promise<void> {
    if (await this.waitUntil(() => this.model.overdue() === undefined && holds())) return;
    throw this.model.overdue() ?? new RuleViolation('O3', 'a socket was opened, but no frame arrived and it was not closed');
  }

  #listen(connection: ClientConnection, socket: ClientSocket): void {
    socket.reportTo({
      received: (text, isBinary) => this.#record(() => this.#receive(connection, text, isBinary)),
      closed: (code) => this.#record(() => this.#handleClose(connection, code)),
      changed: () => this.#waiter.notify(),
    });
  }

  /** The next wait throws the violation. */
  #record(fact: () => void): void {
    this.#tick();
    try {
      fact();
    } catch (error) {
      this.#violation ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#waiter.notify();
  }

  #receive(connection: ClientConnection, text: string, isBinary: boolean): void {
    const frame = readFrame(text);
    if (frame === undefined) {
      throw new RuleViolation('M1', `${connection.name} received a frame that is not a JSON object with a type`);
    }
    assertRule(!isBinary, 'M5', `${connection.name} received a binary frame`);
    const isOurs = frame.src === undefined || frame.payload === undefined || frame.payload.of === this.runId;
    assertRule(isOurs, 'M1', `${connection.name} received a message that no peer of this run sent`, { isDangerous: true });
    this.#checkProbe(connection, text);
    if (frame.payload?.echo === undefined) this.model.receive(connection, frame);
    else this.#receiveEcho(connection, frame, frame.payload.echo);
  }

  /** M2 */
  #checkProbe({ name }: ClientConnection, text: string): void {
    const state = probeIn(text);
    assertRule(state !== 'changed', 'M2', `${name} received a payload with another value`);
    const isKept = state !== 'same value' || !this.#context.expected.behaviours.keepsPayloadBytes;
    assertRule(isKept, 'M2', `${name} received a payload with other bytes`);
  }

  #receiveEcho(connection: ClientConnection, { src, dst }: ReceivedFrame, echo: number): void {
    const isOwn = src === connection.id && dst === connection.id;
    assertRule(isOwn, 'M1', `${connection.name} received a message that ${src} sent to ${dst}`, { isDangerous: true });
    assertRule(echo > this.#lastEcho, 'M1', `${connection.name} received a message to itself twice`);
    this.#lastEcho = echo;
  }

  #handleClose(connection: ClientConnection, code: number): void {
    const wasOwner = this.model.ownerOf(connection) === connection;
    this.model.recordClose(connection, code);
    if (wasOwner) this.closedByServer.push(connection);
  }

  #tick(): void {
    this.model.now = this.#waiter.now;
  }
}
