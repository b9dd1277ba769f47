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

/** Creates the engine on the clock of the simulation. @param onLateClaim see `SimulatedEngineOptions`. */
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
/** After this time all messages in flight have arrived or expired, leases have lapsed, and all claims are confirmed. */
const QUIET_MS = 25 * LEASE;
/** After this time a node has retried commands without a reply. */
const RETRY_LIMIT_MS = 20_000;
/** After this time all obsolete entries are deleted. */
const GARBAGE_COLLECTION_MS = 300_000;
const STEP_MS = 10;
const LONG_STEP_MS = 500;
const BUSY_MS = 3_000;
/** Time for a bus message to another node and the collection of the mailbox. */
const DELIVERY_MS = 50;

/** The clock of each node is ahead of the clock of the previously started node by this time. */
const CLOCK_SKEW_MS = 3_600_000;

/** A clock with an offset. */
class SkewedClock implements Clock {
  readonly #base: Clock;
  readonly #offset: Millis;

  constructor(base: Clock, offset: Millis) {
    this.#base = base;
    this.#offset = offset;
  }

  now(): Millis {
    return this.#base.now() + this.#offset;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    return this.#base.wakeAt(at - this.#offset, wake);
  }
}

interface Node {
  readonly transport: MemoryTransport;
  readonly connection: EngineConnection;
  /** Time of the last cut. */
  cutAt: number;
  /** Time of the last loss of commands in flight. */
  lostAt: number;
}

/** An open or closed socket of a peer. */
interface ClientSocket {
  readonly name: PeerName;
  readonly client: MemoryClient;
  readonly node: Node;
  read: number;
  /** The last message of each sender. Order is checked for each socket. */
  readonly last: Map<PeerName, SentMessage>;
}

interface SentMessage {
  readonly n: number;
  readonly from: PeerName;
  readonly to: PeerName;
  /** The socket on which the message was sent; `isEarly` if that was before OPEN. */
  readonly on: ClientSocket;
  readonly isEarly: boolean;
  /** Whether the message must be delivered or its sender notified: the sender stayed connected, and its node alive. */
  isTracked: boolean;
  /** Whether the sender later received EXPIRE or LEAVE for the addressee. */
  isReported: boolean;
}

/** A cluster of brokers with memory transports on a manual clock, and a model that checks all received frames. */
export class SimulatedCluster {
  readonly #clock = new ManualClock();
  readonly #engine: ClusterEngine;
  readonly #nodes: Node[] = [];
  readonly #sockets: ClientSocket[] = [];
  readonly #currentSockets = new Map<PeerName, ClientSocket>();
  readonly #messages: SentMessage[] = [];
  readonly #delivered = new Map<number, number>();
  #startedNodes = 0;

  private constructor(createEngine: CreateEngine) {
    // The late claim closes a socket that the peer has opened since, so its notices may be lost.
    const onLateClaim = (id: string): void => this.#untrack(id);
    this.#engine = createEngine(this.#clock, { ...defaultConfig(), ...CONFIG }, LEASE, onLateClaim);
  }

  static async start(createEngine: CreateEngine): Promise<SimulatedCluster> {
    const cluster = new SimulatedCluster(createEngine);
    for (let n = 0; n < NODES; n++) cluster.#nodes.push(cluster.#startNode());
    for (const [index, name] of PEERS.entries()) cluster.connect(name, index);
    await cluster.advance(STEP_MS);
    return cluster;
  }

  /** Opens a socket with the peer's own id and token, even if another one is open. */
  connect(name: PeerName, index: number): void {
    const node = this.#node(index);
    const before = this.#currentSockets.get(name)?.node;
    if (this.#mayLoseNotices(node) || (before !== undefined && this.#mayLoseNotices(before))) this.#untrack(name);
    const query = new URLSearchParams({ key: 'peerjs', id: name, token: `token of ${name}` }).toString();
    const socket = { name, client: node.transport.connect({ path: '/peerjs', query }), node, read: 0, last: new Map() };
    this.#sockets.push(socket);
    this.#currentSockets.set(name, socket);
    this.#readFrames();
  }

  sendOffers(from: PeerName, to: PeerName, times = 1): void {
    for (let n = 0; n < times; n++) this.#sendOffer(from, to);
    this.#readFrames();
  }

  #sendOffer(from: PeerName, to: PeerName): void {
    const socket = this.#currentSockets.get(from);
    if (socket === undefined || socket.client.state !== 'open') return;
    const isTracked = !this.#mayLoseNotices(socket.node);
    const message = { n: this.#messages.length, from, to, on: socket, isEarly: !isOpen(socket), isTracked, isReported: false };
    this.#messages.push(message);
    socket.client.send(JSON.stringify({ type: 'OFFER', dst: to, payload: message.n }));
  }

  disconnect(name: PeerName, how: 'close' | 'cut'): void {
    this.#currentSockets.get(name)?.client[how]();
    this.#currentSockets.delete(name);
    this.#untrack(name);
    this.#readFrames();
  }

  /** Kills a node, and starts another one in its index. */
  killNode(index: number): void {
    const node = this.#node(index);
    node.connection.kill();
    for (const socket of this.#sockets) {
      if (socket.node !== node || socket.client.state !== 'open') continue;
      socket.client.cut();
      if (this.#currentSockets.get(socket.name) === socket) this.#currentSockets.delete(socket.name);
    }
    // Messages that the node had taken or read are lost without a notice.
    for (const message of this.#messages) message.isTracked = false;
    this.#nodes[index % NODES] = this.#startNode();
  }

  cutNodeOff(index: number): void {
    const node = this.#node(index);
    if (!node.connection.isCut) node.cutAt = this.#clock.now();
    node.connection.cut();
  }

  reconnectNode(index: number): void {
    const node = this.#node(index);
    if (this.#mayLoseNotices(node)) {
      for (const [name, socket] of this.#currentSockets) if (socket.node === node) this.#untrack(name);
    }
    node.connection.restore();
  }

  /** Notices for a peer whose node has lost its lease may be lost. */
  #mayLoseNotices({ connection, cutAt, lostAt }: Node): boolean {
    return (connection.isCut && this.#clock.now() - cutAt > LEASE / 2) || this.#clock.now() - lostAt < RETRY_LIMIT_MS;
  }

  dropInFlight(index: number): void {
    const node = this.#node(index);
    node.connection.dropInFlight();
    node.lostAt = this.#clock.now();
    // The lease ends before the node detects the loss.
    for (const [name, socket] of this.#currentSockets) if (socket.node === node) this.#untrack(name);
  }

  delayBus(index: number, delay: number): void {
    this.#node(index).connection.busDelay = delay;
  }

  delayEngine(index: number, delay: number): void {
    this.#node(index).connection.delay = delay;
  }

  async advance(span: number, step = STEP_MS): Promise<void> {
    const until = this.#clock.now() + span;
    while (this.#clock.now() < until) {
      this.#clock.advance(Math.min(step, until - this.#clock.now()));
      await this.#engine.settle();
      for (const { transport } of this.#nodes) transport.settle();
      this.#readFrames();
    }
  }

  /** Repairs all faults and connects all peers. Then each message must be delivered or reported, and each id has one socket. */
  async finish(): Promise<void> {
    for (let index = 0; index < NODES; index++) {
      this.reconnectNode(index);
      this.delayEngine(index, 1);
      this.delayBus(index, 1);
    }
    await this.#settle();
    for (const [index, name] of PEERS.entries()) if (!this.#isConnected(name)) this.connect(name, index);
    await this.#settle();
    for (const name of PEERS) {
      const open = this.#sockets.filter((socket) => socket.name === name && isOpen(socket));
      if (open.length !== 1) throw new Error(`${name} has ${open.length} open sockets`);
    }
    const lost = this.#messages.filter(({ n, isTracked, isReported }) => isTracked && !isReported && !this.#delivered.has(n));
    if (lost.length > 0) {
      throw new Error(`neither delivered nor reported: ${lost.map(({ n, from, to }) => `${n} (${from} to ${to})`).join()}`);
    }
    await this.#exchangeMessages();
  }

  /** Repairs all faults, closes all sockets, and waits for garbage collection. */
  async closeAll(): Promise<void> {
    for (let index = 0; index < NODES; index++) this.reconnectNode(index);
    await this.#settle();
    for (const { client } of this.#sockets) if (isOpen({ client })) client.close();
    await this.advance(GARBAGE_COLLECTION_MS, LONG_STEP_MS);
  }

  /** Each peer sends to each other peer, and all messages must arrive soon. */
  async #exchangeMessages(): Promise<void> {
    const before = this.#messages.length;
    for (const from of PEERS) for (const to of PEERS) if (from !== to) this.sendOffers(from, to);
    await this.advance(DELIVERY_MS);
    for (const { n, from, to } of this.#messages.slice(before)) {
      if (!this.#delivered.has(n)) throw new Error(`at the end ${to} does not receive from ${from}`);
    }
  }

  async #settle(): Promise<void> {
    await this.advance(BUSY_MS);
    await this.advance(QUIET_MS, LONG_STEP_MS);
  }

  #isConnected(name: PeerName): boolean {
    const socket = this.#currentSockets.get(name);
    return socket !== undefined && isOpen(socket);
  }

  #node(index: number): Node {
    const node = this.#nodes[index % NODES];
    if (node === undefined) throw new Error('no such node');
    return node;
  }

  #startNode(): Node {
    const transport = new MemoryTransport();
    const { engine, connection } = this.#engine.connect(nodeId(`node ${++this.#startedNodes}`));
    const broker = buildBroker(
      { ...defaultConfig(), ...CONFIG },
      {
        transport,
        clock: new SkewedClock(this.#clock, this.#startedNodes * CLOCK_SKEW_MS),
        log: new SilentLog(),
        telemetry: new MemoryTelemetry(),
        tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
        engine,
      },
    );
    void broker.listen();
    return { transport, connection, cutAt: 0, lostAt: Number.NEGATIVE_INFINITY };
  }

  /** A disconnected peer may miss the notices about its messages. */
  #untrack(name: string): void {
    for (const message of this.#messages) if (message.from === name) message.isTracked = false;
  }

  #readFrames(): void {
    for (const socket of this.#sockets) {
      for (; socket.read < socket.client.received.length; socket.read++) {
        this.#receive(socket, socket.client.received[socket.read] ?? '');
      }
    }
    // A peer whose socket the cluster has closed receives no notices.
    for (const [name, { client }] of this.#currentSockets) if (client.closed !== undefined) this.#untrack(name);
  }

  #receive({ name, last }: ClientSocket, text: string): void {
    const { type, src, dst, payload } = JSON.parse(text) as Record<string, unknown>;
    if (type === 'EXPIRE' || type === 'LEAVE') {
      for (const message of this.#messages) if (message.from === name && message.to === src) message.isReported = true;
    }
    if (type !== 'OFFER') return;
    const message = this.#messages[Number(payload)];
    if (message === undefined) throw new Error(`${name} received a frame that was not sent: ${text}`);
    const { n, from, to } = message;
    if (src !== from || dst !== to || name !== to) throw new Error(`${name} received ${text}, which ${from} sent to ${to}`);
    if (this.#delivered.has(n)) throw new Error(`${name} received message ${n} twice`);
    this.#delivered.set(n, this.#clock.now());
    const before = last.get(from);
    // O14: frames sent before OPEN are processed after it, and the socket that was opened first may become the peer's last one.
    const isOrdered = before === undefined || n > before.n || (message.isEarly && message.on !== before.on);
    if (!isOrdered) throw new Error(`${name} received message ${n} of ${from} after a later one`);
    last.set(from, message);
  }
}

function isOpen({ client }: Pick<ClientSocket, 'client'>): boolean {
  return client.state === 'open' && client.received.length > 0;
}
