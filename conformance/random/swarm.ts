import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import { HandshakeRefused } from '../client/peer-client.ts';
import { Transcript } from '../client/transcript.ts';
import { sleep, errorMessage } from '../waiting.ts';
import { RuleViolation, ConnectFailure, assertRule } from './rule-violation.ts';
import { readFrame, type ReceivedFrame } from './received-frame.ts';
import { newConnection, type Credentials, type ClientConnection } from './client-connection.ts';
import { Model } from './model.ts';
import { ClientSocket } from './client-socket.ts';
import type { RunContext } from './run-context.ts';
import { ConditionWaiter } from './condition-waiter.ts';

/** One line that has just said something, and by what rule the server should still hear it. */
export interface Sender {
  readonly connection: ClientConnection;
  readonly ignoredRule?: string;
}

/** How long an id that should be free is asked for again. */
const MIN_RETRY_MS = 2;
const MAX_RETRY_MS = 100;

/** How long a server may take for its part of a close, or to close who has left, before nobody waits for it. */
const CLOSE_TIMEOUT_MS = 1_000;
const LEAVE_TIMEOUT_MS = 250;

/** The lines of a world, each with its socket, and the notebook that is told of whatever they hear. */
export class Swarm {
  readonly model: Model;
  readonly transcript = new Transcript();
  /** Lines that the server closed by its own will; whoever takes them out sees to it that their ids are free. */
  readonly closedByServer: ClientConnection[] = [];
  /** Ids are this crowd's own, and so are the numbers of its messages: nobody disturbs others that are here. */
  readonly runId = randomUUID().slice(0, 8);
  readonly #context: RunContext;
  readonly #waiter = new ConditionWaiter();
  readonly #sockets = new Map<ClientConnection, ClientSocket>();
  /** M7: as long as nothing else was seen. */
  #closesAfterLeave = true;
  #violation: Error | undefined;
  #probes = 0;
  #lastEcho = 0;
  #slowestAnswer: Millis = 0;

  constructor(stage: RunContext) {
    this.#context = stage;
    this.model = new Model(stage.expected);
    this.model.isTimePassing = true;
  }

  /** How long the slowest answer took. */
  get slowestAnswer(): Millis {
    return this.#slowestAnswer;
  }

  /** How many lines there ever were. */
  get size(): number {
    return this.#sockets.size;
  }

  /** A line that has heard whether it is in. @throws BrokenPromise */
  async connect(name: string, who: Credentials): Promise<ClientConnection> {
    const line = newConnection(name, who);
    this.#tick();
    const verdict = this.model.recordConnect(line);
    const wasSomebodys = verdict === 'in' && !line.isReconnect && this.model.freedBy(line) !== undefined;
    const socket = wasSomebodys ? await this.#openWhenFree(line) : await this.#open(line);
    this.#sockets.set(line, socket);
    this.#listen(line, socket);
    const needsNoWelcome = line.isReconnect && !this.#context.expected.behaviours.reconnectGetsOpen;
    await this.#waitForDue(() => line.isClosed || line.gotOpen || needsNoWelcome);
    return line;
  }

  /** A line that the notebook is not told of. @throws BrokenPromise where no socket can be opened. */
  async connectUntracked(name: string, who: Credentials): Promise<ClientConnection> {
    const line = newConnection(name, who);
    const socket = await this.#open(line);
    this.#sockets.set(line, socket);
    await socket.waitForDecision(this.#context.server.patience);
    return line;
  }

  /** The socket is closed on both sides; where the server takes too long, on ours. */
  async waitForClose(line: ClientConnection): Promise<void> {
    const socket = this.socket(line);
    if (!(await this.waitUntil(() => socket.isClosed, CLOSE_TIMEOUT_MS))) socket.cut();
  }

  /** M7: LEAVE has been read. It shows by the close of the socket or, where that is not closed, by a pong. */
  async waitForLeave(line: ClientConnection): Promise<void> {
    const socket = this.socket(line);
    const number = ++this.#probes;
    socket.ping(number);
    if (this.#closesAfterLeave && (await this.waitUntil(() => socket.isClosed, LEAVE_TIMEOUT_MS))) return;
    this.#closesAfterLeave = false;
    await this.waitUntil(() => !socket.isOpen || socket.lastPong >= number, LEAVE_TIMEOUT_MS);
  }

  /**
   * All that was sent has been read, and all that came of it has come: whoever spoke hears its own echo, which the
   * server relays behind what was sent before; and every other line a pong, which comes behind what was relayed to it.
   * @throws BrokenPromise
   */
  async settle(...speakers: readonly Sender[]): Promise<void> {
    const startedAt = this.#waiter.now;
    for (const speaker of speakers) await this.#expectEcho(speaker);
    const others = [...this.#sockets.keys()].filter((line) => this.model.ownerOf(line) === line);
    const silent = await this.#ping(others);
    assertRule(silent === undefined, 'L3', `${silent?.name} gets no answer to a WebSocket ping`);
    await this.#waitForDue(() => true);
    this.#slowestAnswer = Math.max(this.#slowestAnswer, this.#waiter.now - startedAt);
  }

  /** Waits until `holds`, unless something should have happened before. @throws BrokenPromise */
  async waitUnlessOverdue(holds: () => boolean): Promise<void> {
    await this.waitUntil(() => {
      const owed = this.model.overdue();
      if (owed !== undefined) throw owed;
      return holds();
    }, Infinity);
  }

  /** @returns whether `holds` came true in time. @throws BrokenPromise */
  waitUntil(holds: () => boolean, ms: Millis = this.#context.server.patience): Promise<boolean> {
    return this.#waiter.waitUntil(() => {
      this.#tick();
      if (this.#violation !== undefined) throw this.#violation;
      return holds();
    }, ms);
  }

  sendHeartbeat(line: ClientConnection): void {
    this.model.recordFrame(line, true);
    this.socket(line).send('{"type":"HEARTBEAT"}');
  }

  sendFrame(line: ClientConnection, frame: object): void {
    this.socket(line).send(JSON.stringify(frame));
  }

  socket(line: ClientConnection): ClientSocket {
    const socket = this.#sockets.get(line);
    if (socket === undefined) throw new ConnectFailure(`${line.name} was never opened`, { isDangerous: false });
    return socket;
  }

  /** Cuts all that is open. */
  close(): void {
    for (const socket of this.#sockets.values()) socket.cut();
  }

  /** L4: the id is free, but the server may not have noticed yet. */
  async #openWhenFree(line: ClientConnection): Promise<ClientSocket> {
    const deadline = this.#waiter.now + this.#context.server.patience;
    for (let pause = MIN_RETRY_MS; ; pause = Math.min(2 * pause, MAX_RETRY_MS)) {
      const socket = await this.#open(line);
      await socket.waitForDecision(deadline - this.#waiter.now);
      const isRefused = /"(ID-TAKEN|ERROR)"/.test(socket.firstFrame ?? '');
      if (!isRefused || this.#waiter.now > deadline) return socket;
      socket.cut();
      await sleep(pause);
    }
  }

  async #open(line: ClientConnection): Promise<ClientSocket> {
    try {
      return await ClientSocket.open(this.#context.server, line, this.transcript);
    } catch (error) {
      const isDangerous = !(error instanceof HandshakeRefused);
      throw new ConnectFailure(`${line.name} can not open a socket: ${errorMessage(error)}`, { isDangerous });
    }
  }

  async #expectEcho({ connection, ignoredRule = 'M4' }: Sender): Promise<void> {
    if (connection.isClosed) return;
    // Where only HEARTBEAT counts, who speaks says it too, so that nobody can take it for silent.
    if (!this.#context.expected.behaviours.anyMessageKeepsAlive) this.sendHeartbeat(connection);
    const echo = ++this.#probes;
    this.model.recordFrame(connection);
    this.sendFrame(connection, { type: 'CANDIDATE', dst: connection.id, payload: { echo, of: this.runId } });
    const sentAt = this.#waiter.now;
    const isHeard = await this.waitUntil(() => this.#lastEcho >= echo || connection.isClosed);
    const isDeaf = !isHeard || (this.#lastEcho < echo && this.#wasTimedOut(connection, sentAt));
    assertRule(!isDeaf, ignoredRule, `${connection.name} sends a message to itself, and does not hear it`);
  }

  /** L1: whether it was closed for its silence, long after it had said something. */
  #wasTimedOut(line: ClientConnection, since: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#context.expected.limits;
    return this.model.freedBy(line) === 'L1' && this.#waiter.now - since >= aliveTimeout / 2;
  }

  /** @returns a line that got no answer, and is not closed either. */
  async #ping(lines: readonly ClientConnection[]): Promise<ClientConnection | undefined> {
    const number = ++this.#probes;
    for (const line of lines) this.socket(line).ping(number);
    const isSilent = (line: ClientConnection): boolean => this.socket(line).isOpen && this.socket(line).lastPong < number;
    await this.waitUntil(() => !lines.some(isSilent));
    return lines.find(isSilent);
  }

  /** Gives what should have come some time. @throws BrokenPromise for what does not come, or where `holds` does not. */
  async #waitForDue(holds: () => boolean): Promise<void> {
    if (await this.waitUntil(() => this.model.overdue() === undefined && holds())) return;
    throw this.model.overdue() ?? new RuleViolation('O3', 'a socket was opened, and nothing comes of it');
  }

  #listen(line: ClientConnection, socket: ClientSocket): void {
    socket.reportTo({
      received: (text, isBinary) => this.#record(() => this.#receive(line, text, isBinary)),
      closed: (code) => this.#record(() => this.#handleClose(line, code)),
      changed: () => this.#waiter.notify(),
    });
  }

  /** Whoever waits next is told of what was broken. */
  #record(fact: () => void): void {
    this.#tick();
    try {
      fact();
    } catch (error) {
      this.#violation ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#waiter.notify();
  }

  #receive(line: ClientConnection, text: string, isBinary: boolean): void {
    const frame = readFrame(text);
    if (frame === undefined) throw new RuleViolation('M1', `${line.name} heard what is no JSON object with a type`);
    assertRule(!isBinary, 'M5', `${line.name} heard a binary frame`);
    const isOurs = frame.src === undefined || frame.payload === undefined || frame.payload.of === this.runId;
    assertRule(isOurs, 'M1', `${line.name} heard what nobody here has sent to anybody`, { isDangerous: true });
    if (frame.payload?.echo === undefined) this.model.receive(line, frame);
    else this.#receiveEcho(line, frame, frame.payload.echo);
  }

  #receiveEcho(line: ClientConnection, { src, dst }: ReceivedFrame, echo: number): void {
    const isOwn = src === line.id && dst === line.id;
    assertRule(isOwn, 'M1', `${line.name} heard what ${src} sent to ${dst}`, { isDangerous: true });
    assertRule(echo > this.#lastEcho, 'M1', `${line.name} heard a message to itself twice`);
    this.#lastEcho = echo;
  }

  #handleClose(line: ClientConnection, code: number): void {
    const wasOwner = this.model.ownerOf(line) === line;
    this.model.recordClose(line, code);
    if (wasOwner) this.closedByServer.push(line);
  }

  #tick(): void {
    this.model.now = this.#waiter.now;
  }
}
