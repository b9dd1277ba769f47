import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Clock, Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { RandomPeerIds } from '../../../src/adapters/peer-ids/random.ts';
import { MemoryTransport, type MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { buildBroker } from '../../../src/composition/container.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { ClusterEngine, SimulatedEngineOptions, EngineConnection } from './simulated-engine.ts';

export const NODES = 3;
export const PEERS = ['ann', 'bob', 'cem', 'eve'] as const;

export type PeerName = (typeof PEERS)[number];

/** What the nodes share, on the clock of the world. @param onLateClaim see `EngineManner`. */
export type CreateEngine = (
  clock: ManualClock,
  limits: MailboxLimits,
  lease: number,
  onLateClaim: SimulatedEngineOptions['onLateClaim'],
) => ClusterEngine;

const LEASE = 3_000;
const CONFIG = {
  ...{ expireTimeout: 5_000, aliveTimeout: 600_000, sweepInterval: 500, messageBurst: 100_000, messagesPerSecond: 100_000 },
  ...{ mailboxMessages: 1_000, concurrentLimit: 100 },
};
/** Whatever was under way has arrived, lapsed or expired, and all claims were confirmed. */
const QUIET = 25 * LEASE;
/** A node that had no answer has asked again. */
const STALLED = 20_000;
/** What nobody has asked for is forgotten by then. */
const FORGOTTEN = 300_000;
const STEP = 10;
const LONG_STEP = 500;
const BUSY = 3_000;
/** A word to another node, and the way to the mailbox. */
const SOON = 50;

/** Nodes do not agree what time it is: each is so much ahead of the one that was started before. */
const CLOCK_SKEW_MS = 3_600_000;

/** The clock of a host that is wrong. */
class SkewedClock implements Clock {
  readonly #right: Clock;
  readonly #by: Millis;

  constructor(right: Clock, by: Millis) {
    this.#right = right;
    this.#by = by;
  }

  now(): Millis {
    return this.#right.now() + this.#by;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    return this.#right.wakeAt(at - this.#by, wake);
  }
}

interface Node {
  readonly transport: MemoryTransport;
  readonly wire: EngineConnection;
  /** When it was cut off last. */
  cutAt: number;
  /** When what it asked was lost last. */
  lostAt: number;
}

/** One socket that a peer has or had. */
interface ClientSocket {
  readonly name: PeerName;
  readonly far: MemoryClient;
  readonly node: Node;
  read: number;
  /** The last letter of each sender: what comes on a socket that was left does not overtake what comes on the new one. */
  readonly last: Map<PeerName, SentMessage>;
}

interface SentMessage {
  readonly n: number;
  readonly from: PeerName;
  readonly to: PeerName;
  /** On which socket it was sent, and whether that had heard OPEN by then. */
  readonly on: ClientSocket;
  readonly isEarly: boolean;
  /** Whether its sender must hear what came of it: it stayed, and its node lived. */
  isWatched: boolean;
  /** Whether its sender was told later that something came to nothing. */
  isTold: boolean;
}

/** Brokers of one cluster over memory transports, on a clock that stands; and the notebook that watches them. */
export class SimulatedCluster {
  readonly #clock = new ManualClock();
  readonly #engine: ClusterEngine;
  readonly #nodes: Node[] = [];
  readonly #sockets: ClientSocket[] = [];
  readonly #currentSockets = new Map<PeerName, ClientSocket>();
  readonly #messages: SentMessage[] = [];
  readonly #delivered = new Map<number, number>();
  #born = 0;

  private constructor(engineOn: CreateEngine) {
    // It has sent away whoever had come back since: news may find nobody.
    const onLateClaim = (id: string): void => this.#unwatch(id);
    this.#engine = engineOn(this.#clock, { ...defaultConfig(), ...CONFIG }, LEASE, onLateClaim);
  }

  static async start(engineOn: CreateEngine): Promise<SimulatedCluster> {
    const world = new SimulatedCluster(engineOn);
    for (let n = 0; n < NODES; n++) world.#nodes.push(world.#startNode());
    for (const [place, name] of PEERS.entries()) world.connect(name, place);
    await world.advance(STEP);
    return world;
  }

  /** Opens a socket with the peer's own id and token, whether or not another is open. */
  connect(name: PeerName, place: number): void {
    const node = this.#node(place);
    const before = this.#currentSockets.get(name)?.node;
    if (this.#mayLoseNotices(node) || (before !== undefined && this.#mayLoseNotices(before))) this.#unwatch(name);
    const query = new URLSearchParams({ key: 'peerjs', id: name, token: `token of ${name}` }).toString();
    const line = { name, far: node.transport.connect({ path: '/peerjs', query }), node, read: 0, last: new Map() };
    this.#sockets.push(line);
    this.#currentSockets.set(name, line);
    this.#readFrames();
  }

  sendOffers(from: PeerName, to: PeerName, times = 1): void {
    for (let n = 0; n < times; n++) this.#sendOffer(from, to);
    this.#readFrames();
  }

  #sendOffer(from: PeerName, to: PeerName): void {
    const line = this.#currentSockets.get(from);
    if (line === undefined || line.far.state !== 'open') return;
    const isWatched = !this.#mayLoseNotices(line.node);
    const letter = { n: this.#messages.length, from, to, on: line, isEarly: !isOpen(line), isWatched, isTold: false };
    this.#messages.push(letter);
    line.far.send(JSON.stringify({ type: 'OFFER', dst: to, payload: letter.n }));
  }

  disconnect(name: PeerName, how: 'close' | 'cut'): void {
    this.#currentSockets.get(name)?.far[how]();
    this.#currentSockets.delete(name);
    this.#unwatch(name);
    this.#readFrames();
  }

  /** A node ends without a word, and another one takes its place. */
  killNode(place: number): void {
    const node = this.#node(place);
    node.wire.kill();
    for (const line of this.#sockets) {
      if (line.node !== node || line.far.state !== 'open') continue;
      line.far.cut();
      if (this.#currentSockets.get(line.name) === line) this.#currentSockets.delete(line.name);
    }
    // What it had taken is lost with it, and what it had read: nobody is left to say so.
    for (const letter of this.#messages) letter.isWatched = false;
    this.#nodes[place % NODES] = this.#startNode();
  }

  cutNodeOff(place: number): void {
    const node = this.#node(place);
    if (!node.wire.isCut) node.cutAt = this.#clock.now();
    node.wire.cut();
  }

  reconnectNode(place: number): void {
    const node = this.#node(place);
    if (this.#mayLoseNotices(node)) {
      for (const [name, line] of this.#currentSockets) if (line.node === node) this.#unwatch(name);
    }
    node.wire.restore();
  }

  /** News for a peer whose node has lost its lease is lost. */
  #mayLoseNotices({ wire, cutAt, lostAt }: Node): boolean {
    return (wire.isCut && this.#clock.now() - cutAt > LEASE / 2) || this.#clock.now() - lostAt < STALLED;
  }

  dropInFlight(place: number): void {
    const node = this.#node(place);
    node.wire.dropInFlight();
    node.lostAt = this.#clock.now();
    // Until it notices, its lease has ended.
    for (const [name, line] of this.#currentSockets) if (line.node === node) this.#unwatch(name);
  }

  delayBus(place: number, delay: number): void {
    this.#node(place).wire.busDelay = delay;
  }

  delayEngine(place: number, delay: number): void {
    this.#node(place).wire.delay = delay;
  }

  async advance(span: number, step = STEP): Promise<void> {
    const until = this.#clock.now() + span;
    while (this.#clock.now() < until) {
      this.#clock.advance(Math.min(step, until - this.#clock.now()));
      await this.#engine.settle();
      for (const { transport } of this.#nodes) transport.settle();
      this.#readFrames();
    }
  }

  /** All is mended, everybody comes, and time passes: then nothing is unsaid, and each id has one socket. */
  async finish(): Promise<void> {
    for (let place = 0; place < NODES; place++) {
      this.reconnectNode(place);
      this.delayEngine(place, 1);
      this.delayBus(place, 1);
    }
    await this.#settle();
    for (const [place, name] of PEERS.entries()) if (!this.#isConnected(name)) this.connect(name, place);
    await this.#settle();
    for (const name of PEERS) {
      const open = this.#sockets.filter((line) => line.name === name && isOpen(line));
      if (open.length !== 1) throw new Error(`${name} has ${open.length} open sockets`);
    }
    const lost = this.#messages.filter(({ n, isWatched, isTold }) => isWatched && !isTold && !this.#delivered.has(n));
    if (lost.length > 0) throw new Error(`nobody heard of ${lost.map(({ n, from, to }) => `${n} (${from} to ${to})`).join()}`);
    await this.#exchangeMessages();
  }

  /** All is mended, and everybody goes for good. */
  async closeAll(): Promise<void> {
    for (let place = 0; place < NODES; place++) this.reconnectNode(place);
    await this.#settle();
    for (const { far } of this.#sockets) if (isOpen({ far })) far.close();
    await this.advance(FORGOTTEN, LONG_STEP);
  }

  /** Everybody hears everybody, at once. */
  async #exchangeMessages(): Promise<void> {
    const before = this.#messages.length;
    for (const from of PEERS) for (const to of PEERS) if (from !== to) this.sendOffers(from, to);
    await this.advance(SOON);
    for (const { n, from, to } of this.#messages.slice(before)) {
      if (!this.#delivered.has(n)) throw new Error(`in the end ${to} does not hear ${from}`);
    }
  }

  async #settle(): Promise<void> {
    await this.advance(BUSY);
    await this.advance(QUIET, LONG_STEP);
  }

  #isConnected(name: PeerName): boolean {
    const line = this.#currentSockets.get(name);
    return line !== undefined && isOpen(line);
  }

  #node(place: number): Node {
    const node = this.#nodes[place % NODES];
    if (node === undefined) throw new Error('there is no such node');
    return node;
  }

  #startNode(): Node {
    const transport = new MemoryTransport();
    const { engine, wire } = this.#engine.connect(nodeId(`node ${++this.#born}`));
    const broker = buildBroker(
      { ...defaultConfig(), ...CONFIG },
      {
        transport,
        clock: new SkewedClock(this.#clock, this.#born * CLOCK_SKEW_MS),
        log: new SilentLog(),
        telemetry: new MemoryTelemetry(),
        tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
        engine,
      },
    );
    void broker.listen();
    return { transport, wire, cutAt: 0, lostAt: Number.NEGATIVE_INFINITY };
  }

  /** Who went may not hear what came of what it sent. */
  #unwatch(name: string): void {
    for (const letter of this.#messages) if (letter.from === name) letter.isWatched = false;
  }

  #readFrames(): void {
    for (const line of this.#sockets) {
      for (; line.read < line.far.received.length; line.read++) this.#receive(line, line.far.received[line.read] ?? '');
    }
    // Whom the cluster has sent away hears nothing until it comes back.
    for (const [name, { far }] of this.#currentSockets) if (far.closed !== undefined) this.#unwatch(name);
  }

  #receive({ name, last }: ClientSocket, text: string): void {
    const { type, src, dst, payload } = JSON.parse(text) as Record<string, unknown>;
    if (type === 'EXPIRE' || type === 'LEAVE') {
      for (const letter of this.#messages) if (letter.from === name && letter.to === src) letter.isTold = true;
    }
    if (type !== 'OFFER') return;
    const letter = this.#messages[Number(payload)];
    if (letter === undefined) throw new Error(`${name} heard what nobody sent: ${text}`);
    const { n, from, to } = letter;
    if (src !== from || dst !== to || name !== to) throw new Error(`${name} heard ${text}, which ${from} sent to ${to}`);
    if (this.#delivered.has(n)) throw new Error(`${name} heard letter ${n} twice`);
    this.#delivered.set(n, this.#clock.now());
    const before = last.get(from);
    // O14: what was sent before OPEN counts from OPEN on, and a socket that was opened first may become the peer's last.
    const isOrdered = before === undefined || n > before.n || (letter.isEarly && letter.on !== before.on);
    if (!isOrdered) throw new Error(`${name} heard letter ${n} of ${from} after a later one`);
    last.set(from, letter);
  }
}

function isOpen({ far }: Pick<ClientSocket, 'far'>): boolean {
  return far.state === 'open' && far.received.length > 0;
}
