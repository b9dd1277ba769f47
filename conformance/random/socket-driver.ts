import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import type { TranscriptLine } from '../results.ts';
import { Swarm } from './swarm.ts';
import type { Credentials, ClientConnection } from './client-connection.ts';
import { PROBE } from './probe.ts';
import type { Kind } from './message-kinds.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from './odd-frames.ts';
import type { RunContext } from './run-context.ts';
import type { StepDriver, ActivePeer } from './steps.ts';

type PeerSlot = Pick<ActivePeer, 'realm' | 'id'>;

/** Timeouts within this margin are awaited before the next step. */
export const DEADLINE_MARGIN_MS: Millis = 250;
/** A flood has messages of two types, because some servers reorder them. */
const OFFER_EVERY = 4;
/** About half of the messages have the usual form. */
const FORMS = 8;
const LARGE_EVERY = 16;
const PADDING_CHARACTERS = 12_000;
/** Below this limit, a peer that is ignored but keeps its id would exhaust the capacity. */
const MIN_LIMIT_FOR_MALFORMED = 100;

/**
 * Plays steps against a server over WebSockets, and reports all observations to the model. After each step the driver waits
 * until the server has read all frames and the clients have received all answers. Replays therefore give the same verdict, if the
 * server preserves the order of each socket.
 */
export class SocketDriver implements StepDriver<Promise<void>> {
  readonly #context: RunContext;
  readonly #swarm: Swarm;
  readonly #slots = new Map<ClientConnection, PeerSlot>();

  constructor(context: RunContext) {
    this.#context = context;
    this.#swarm = new Swarm(context);
  }

  /** The duration of the slowest answer. */
  get slowestAnswer(): Millis {
    return this.#swarm.slowestAnswer;
  }

  get transcript(): readonly TranscriptLine[] {
    return this.#swarm.transcript.lines;
  }

  /** Writes the next step into the transcript. */
  announce(description: string): void {
    this.#swarm.transcript.noted('suite', description);
  }

  activePeers(): ActivePeer[] {
    const owners = [...this.#slots].filter(([connection]) => this.#swarm.model.ownerOf(connection) === connection);
    return owners.map(([connection, slot]) => ({ connection, ...slot }));
  }

  connect(slot: PeerSlot, token: string): Promise<void> {
    return this.#step(async () => {
      const connection = await this.#connect(slot, token);
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
      for (let i = 0; i < count; i++) this.#sendMessage(connection, to, i % OFFER_EVERY === 0 ? 'OFFER' : 'CANDIDATE');
      await this.#swarm.settle({ connection });
    });
  }

  sendFromAll(connections: readonly ClientConnection[], to: string): Promise<void> {
    return this.#step(async () => {
      for (const connection of connections) this.#sendMessage(connection, to, 'CANDIDATE');
      await this.#swarm.settle(...connections.map((connection) => ({ connection })));
    });
  }

  sendHeartbeat(connection: ClientConnection): Promise<void> {
    return this.#step(async () => {
      this.#swarm.sendHeartbeat(connection);
      await this.#swarm.settle({ connection, ignoredRule: 'M8' });
    });
  }

  sendMalformed(connection: ClientConnection, frameName: string, times: number): Promise<void> {
    const frame = this.#addressed(MALFORMED_FRAMES[frameName] ?? frameName, connection);
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
      this.#swarm.socket(connection).send(this.#addressed(IGNORED_FRAMES[what] ?? what, connection));
      await this.#swarm.settle({ connection, ignoredRule: 'M9' });
    });
  }

  leave(connection: ClientConnection): Promise<void> {
    return this.#step(async () => {
      await this.#sendLeave(connection);
      await this.#expectFreeId(connection);
    });
  }

  hangUp(connection: ClientConnection, how: 'close' | 'cut'): Promise<void> {
    return this.#step(async () => {
      // M17: the last message before a close frame is delivered too.
      const last = how === 'close' ? this.#otherThan(connection) : connection.id;
      if (last !== connection.id) this.#sendTo(connection, last, 'OFFER');
      this.#swarm.model.recordHangUp(connection);
      this.#swarm.socket(connection)[how]();
      await this.#swarm.waitForClose(connection);
      await this.#swarm.settle();
      await this.#expectFreeId(connection);
    });
  }

  wait(ms: Millis): Promise<void> {
    return this.#step(async () => {
      await this.#swarm.waitUntil(() => false, ms);
      await this.#waitForQuiet();
      await this.#swarm.settle();
    });
  }

  /** Waits for outstanding events, if their timeouts are short enough. */
  async finish(): Promise<void> {
    const { expireTimeout = Infinity, sweepInterval } = this.#context.expected.limits;
    if (expireTimeout + sweepInterval > this.#context.longestWait) return;
    await this.#step(async () => {
      await this.#swarm.waitUnlessOverdue(() => !this.#swarm.model.isAwaitingExpiry);
      // M14: a second notice would come with the next sweep, or the one after it.
      await this.#swarm.waitUntil(() => false, 2 * sweepInterval);
    });
  }

  /** Closes all connections. */
  close(): void {
    this.#swarm.close();
  }

  /** No step starts near a timeout, because the source of an event would be ambiguous. */
  async #step(act: () => Promise<void>): Promise<void> {
    const { model, closedByServer } = this.#swarm;
    await this.#waitForQuiet();
    await act();
    for (const connection of closedByServer.splice(0)) await this.#expectFreeId(connection);
    model.checkAll();
    model.settle();
  }

  #waitForQuiet(): Promise<void> {
    return this.#swarm.waitUnlessOverdue(() => !this.#swarm.model.isNearDeadline(DEADLINE_MARGIN_MS));
  }

  async #connect(slot: PeerSlot, token: string): Promise<ClientConnection> {
    const { realm, id } = slot;
    const connection = await this.#swarm.connect(`connection ${this.#swarm.size} (${id})`, {
      realm: this.#context.keys[realm % this.#context.keys.length] ?? '',
      id: this.#prefixed(id),
      token,
    });
    this.#slots.set(connection, slot);
    return connection;
  }

  /** L4: connects with another token to verify that the id is free, then leaves. */
  async #expectFreeId(connection: ClientConnection): Promise<void> {
    const slot = this.#slots.get(connection);
    if (slot === undefined || this.#swarm.model.ownerOf(connection) !== undefined) return;
    await this.#sendLeave(await this.#connect(slot, randomUUID()));
  }

  async #sendLeave(connection: ClientConnection): Promise<void> {
    this.#swarm.model.recordLeave(connection);
    this.#swarm.socket(connection).send('{"type":"LEAVE"}');
    await this.#swarm.waitForLeave(connection);
    await this.#swarm.settle();
  }

  #sendMessage(connection: ClientConnection, to: string, type: Kind): void {
    this.#sendTo(connection, this.#prefixed(to), type);
  }

  #sendTo(connection: ClientConnection, dst: string, type: Kind): void {
    const n = this.#swarm.model.recordMessage(connection, dst, type);
    // Every second message has the src of another peer, which must neither be relayed nor receive the notice.
    const src = n % 2 === 0 ? this.#otherThan(connection) : 'forged src';
    const payload = `{"n":${n},"of":"${this.#swarm.runId}","probe":${PROBE},"padding":"${paddingOf(n)}"}`;
    this.#swarm.socket(connection).send(frameOf(n, { type, src, dst, payload }));
  }

  /** Replaces `{dst}` in a frame of text. */
  #addressed(frame: string | Uint8Array, connection: ClientConnection): string | Uint8Array {
    return typeof frame === 'string' ? frame.replace('{dst}', this.#otherThan(connection)) : frame;
  }

  /** The id of another peer of the realm, if there is one. */
  #otherThan(connection: ClientConnection): string {
    const others = this.activePeers().filter(
      (peer) => peer.connection !== connection && peer.connection.realm === connection.realm,
    );
    return (others[0]?.connection ?? connection).id;
  }

  #prefixed(id: string): string {
    return `${this.#swarm.runId}-${id}`;
  }

  /**
   * M10: some servers ignore a socket after a malformed frame. A separate guest sends the frame, so the other peers stay usable.
   */
  async #sendMalformedAsGuest({ realm }: Credentials, frame: string | Uint8Array): Promise<void> {
    if ((this.#context.expected.limits.concurrentLimit ?? Infinity) < MIN_LIMIT_FOR_MALFORMED) return;
    const name = `guest-${this.#swarm.size}`;
    const guest = await this.#swarm.connectUntracked(name, { realm, id: this.#prefixed(name), token: randomUUID() });
    this.#swarm.socket(guest).send(frame);
    await this.#swarm.settle();
  }
}

interface MessageParts {
  readonly type: Kind;
  readonly src: string;
  readonly dst: string;
  /** JSON text. */
  readonly payload: string;
}

/** M3, M5: messages have several valid forms, because some servers read only one of them. */
function frameOf(n: number, { payload, ...members }: MessageParts): string | Uint8Array {
  const { type, src, dst } = members;
  const text = `${JSON.stringify({ type, src, dst }).slice(0, -1)},"payload":${payload},"hops":1}`;
  switch (n % FORMS) {
    case 1:
      return Buffer.from(text);
    case 3:
      return ` \n${text} `;
    case 5:
      return text.replace('"dst":', '"dst":"of no peer","dst":');
    case 7:
      return text.replace('"type":', '"ty\\u0070e":');
    default:
      return text;
  }
}

/** Some messages are large, because some servers send small messages earlier. */
function paddingOf(n: number): string {
  return n % LARGE_EVERY === 0 ? 'x'.repeat(PADDING_CHARACTERS) : '';
}
