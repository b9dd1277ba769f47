import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import type { TranscriptLine } from '../results.ts';
import { Swarm } from './swarm.ts';
import type { Credentials, ClientConnection } from './client-connection.ts';
import type { Kind } from './message-kinds.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from './odd-frames.ts';
import type { RunContext } from './run-context.ts';
import type { StepDriver, ActivePeer } from './steps.ts';

type Seat = Pick<ActivePeer, 'realm' | 'id'>;

/** What is about to happen by itself within this is waited for before anybody acts. */
const DEADLINE_MARGIN_MS: Millis = 250;
/** With less room a peer that went deaf, and holds its id, would be in the way. */
const MIN_LIMIT_FOR_MALFORMED = 100;

/**
 * Any server over real sockets, and the notebook that watches it. After each step it waits until the server has read all
 * that was sent, and the peers have heard all that came of it. So a run gives the same verdicts whenever it is played, as
 * long as the server keeps the order of each socket.
 */
export class SocketDriver implements StepDriver<Promise<void>> {
  readonly #context: RunContext;
  readonly #swarm: Swarm;
  readonly #seats = new Map<ClientConnection, Seat>();

  constructor(stage: RunContext) {
    this.#context = stage;
    this.#swarm = new Swarm(stage);
  }

  /** How long the slowest answer took. */
  get slowestAnswer(): Millis {
    return this.#swarm.slowestAnswer;
  }

  get transcript(): readonly TranscriptLine[] {
    return this.#swarm.transcript.lines;
  }

  /** Writes into the transcript what is done next. */
  announce(words: string): void {
    this.#swarm.transcript.noted('suite', words);
  }

  activePeers(): ActivePeer[] {
    const owners = [...this.#seats].filter(([line]) => this.#swarm.model.ownerOf(line) === line);
    return owners.map(([line, seat]) => ({ connection: line, ...seat }));
  }

  connect(seat: Seat, token: string): Promise<void> {
    return this.#step(async () => {
      const connection = await this.#connect(seat, token);
      await this.#swarm.settle({ connection });
    });
  }

  relay(connection: ClientConnection, to: string, kind: Kind): Promise<void> {
    return this.#step(async () => {
      this.#sendMessage(connection, to, kind);
      await this.#swarm.settle({ connection });
    });
  }

  flood(connection: ClientConnection, to: string, count: number): Promise<void> {
    return this.#step(async () => {
      for (let i = 0; i < count; i++) this.#sendMessage(connection, to, 'CANDIDATE');
      await this.#swarm.settle({ connection });
    });
  }

  sendFromAll(lines: readonly ClientConnection[], to: string): Promise<void> {
    return this.#step(async () => {
      for (const line of lines) this.#sendMessage(line, to, 'CANDIDATE');
      await this.#swarm.settle(...lines.map((line) => ({ connection: line })));
    });
  }

  sendHeartbeat(connection: ClientConnection): Promise<void> {
    return this.#step(async () => {
      this.#swarm.sendHeartbeat(connection);
      await this.#swarm.settle({ connection, ignoredRule: 'M8' });
    });
  }

  sendMalformed(connection: ClientConnection, over: string, times: number): Promise<void> {
    const frame = MALFORMED_FRAMES[over] ?? over;
    return this.#step(async () => {
      if (!this.#context.expected.behaviours.toleratesMalformed) return this.#sendMalformedAsGuest(connection, frame);
      for (let i = 0; i < times; i++) {
        this.#swarm.model.recordMalformed(connection);
        this.#swarm.socket(connection).send(frame);
      }
      await this.#swarm.settle({ connection, ignoredRule: 'M10' });
    });
  }

  sendIgnored(connection: ClientConnection, what: string): Promise<void> {
    return this.#step(async () => {
      this.#swarm.model.recordFrame(connection);
      this.#swarm.socket(connection).send(IGNORED_FRAMES[what] ?? what);
      await this.#swarm.settle({ connection, ignoredRule: 'M9' });
    });
  }

  leave(line: ClientConnection): Promise<void> {
    return this.#step(async () => {
      await this.#sendLeave(line);
      await this.#expectFreeId(line);
    });
  }

  hangUp(line: ClientConnection, how: 'close' | 'cut'): Promise<void> {
    return this.#step(async () => {
      this.#swarm.model.recordHangUp(line);
      this.#swarm.socket(line)[how]();
      await this.#swarm.waitForClose(line);
      await this.#swarm.settle();
      await this.#expectFreeId(line);
    });
  }

  wait(ms: Millis): Promise<void> {
    return this.#step(async () => {
      await this.#swarm.waitUntil(() => false, ms);
      await this.#waitForQuiet();
      await this.#swarm.settle();
    });
  }

  /** Waits for what must still come, as far as the stage allows it. */
  async finish(): Promise<void> {
    const { expireTimeout = Infinity, sweepInterval } = this.#context.expected.limits;
    if (expireTimeout + sweepInterval > this.#context.longestWait) return;
    await this.#step(() => this.#swarm.waitUnlessOverdue(() => !this.#swarm.model.isAwaitingExpiry));
  }

  /** Cuts all that it opened. */
  close(): void {
    this.#swarm.close();
  }

  /** Nobody acts in twilight: what happens by itself at the same time could be the answer to either. */
  async #step(act: () => Promise<void>): Promise<void> {
    const { model, closedByServer } = this.#swarm;
    await this.#waitForQuiet();
    await act();
    for (const line of closedByServer.splice(0)) await this.#expectFreeId(line);
    model.checkAll();
    model.settle();
  }

  #waitForQuiet(): Promise<void> {
    return this.#swarm.waitUnlessOverdue(() => !this.#swarm.model.isNearDeadline(DEADLINE_MARGIN_MS));
  }

  async #connect(seat: Seat, token: string): Promise<ClientConnection> {
    const { realm, id } = seat;
    const line = await this.#swarm.connect(`line ${this.#swarm.size} (${id})`, {
      realm: this.#context.keys[realm % this.#context.keys.length] ?? '',
      id: this.#prefixed(id),
      token,
    });
    this.#seats.set(line, seat);
    return line;
  }

  /** L4: another token can have the id. Whoever tries it leaves again. */
  async #expectFreeId(line: ClientConnection): Promise<void> {
    const seat = this.#seats.get(line);
    if (seat === undefined || this.#swarm.model.ownerOf(line) !== undefined) return;
    await this.#sendLeave(await this.#connect(seat, randomUUID()));
  }

  async #sendLeave(line: ClientConnection): Promise<void> {
    this.#swarm.model.recordLeave(line);
    this.#swarm.socket(line).send('{"type":"LEAVE"}');
    await this.#swarm.waitForLeave(line);
    await this.#swarm.settle();
  }

  #sendMessage(line: ClientConnection, to: string, type: Kind): void {
    const dst = this.#prefixed(to);
    const n = this.#swarm.model.recordMessage(line, dst, type);
    this.#swarm.sendFrame(line, { type, src: 'somebody else', dst, payload: { n, of: this.#swarm.runId }, hops: 1 });
  }

  #prefixed(id: string): string {
    return `${this.#swarm.runId}-${id}`;
  }

  /** M10: what deafens the one that says it must not harm others. Whoever says it is of no further use. */
  async #sendMalformedAsGuest({ realm }: Credentials, frame: string | Uint8Array): Promise<void> {
    if ((this.#context.expected.limits.concurrentLimit ?? Infinity) < MIN_LIMIT_FOR_MALFORMED) return;
    const name = `guest-${this.#swarm.size}`;
    const guest = await this.#swarm.connectUntracked(name, { realm, id: this.#prefixed(name), token: randomUUID() });
    this.#swarm.socket(guest).send(frame);
    await this.#swarm.settle();
  }
}
