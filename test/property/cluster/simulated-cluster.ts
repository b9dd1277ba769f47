import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { ClientSocket, OWNERS, THIEVES, type PeerName, type Person } from './client-socket.ts';
import { DeliveryModel } from './delivery-model.ts';
import type { ClusterEngine, SimulatedEngineOptions } from './simulated-engine.ts';
import { CONFIG, LEASE, SimulatedNode } from './simulated-node.ts';

export const NODES = 3;

/** Creates the engine on the clock of the simulation. @param onLateClaim see `SimulatedEngineOptions`. */
export type CreateEngine = (
  clock: ManualClock,
  limits: MailboxLimits,
  lease: number,
  onLateClaim: SimulatedEngineOptions['onLateClaim'],
) => ClusterEngine;

/** After this time all messages in flight have arrived or expired, leases have lapsed, and all claims are confirmed. */
const QUIET_MS = 25 * LEASE;
/** After this time all obsolete entries are deleted. */
const GARBAGE_COLLECTION_MS = 300_000;
const STEP_MS = 10;
const LONG_STEP_MS = 500;
const BUSY_MS = 3_000;
/** Time for a bus message to another node and the collection of the mailbox. */
const DELIVERY_MS = 50;
/** Without faults, the old socket of a peer is closed in this time. */
const SUPERSEDE_MS = 500;

/** A cluster of brokers with memory transports on a manual clock, and a model that checks all received frames. */
export class SimulatedCluster {
  readonly #clock = new ManualClock();
  readonly #engine: ClusterEngine;
  readonly #model = new DeliveryModel();
  readonly #nodes: SimulatedNode[] = [];
  readonly #sockets: ClientSocket[] = [];
  readonly #currentSockets = new Map<Person, ClientSocket>();
  #startedNodes = 0;

  private constructor(createEngine: CreateEngine) {
    // The late claim closes a socket that the peer has opened since, so its notices may be lost.
    const onLateClaim = (id: string): void => {
      for (const person of [...OWNERS, ...THIEVES]) if (person.name === id) this.#model.untrack(person);
      this.#model.moved(id);
    };
    this.#engine = createEngine(this.#clock, { ...defaultConfig(), ...CONFIG }, LEASE, onLateClaim);
  }

  static async start(createEngine: CreateEngine): Promise<SimulatedCluster> {
    const cluster = new SimulatedCluster(createEngine);
    for (let n = 0; n < NODES; n++) cluster.#nodes.push(cluster.#startNode());
    for (const [index, owner] of OWNERS.entries()) cluster.connect(owner, index);
    await cluster.advance(STEP_MS);
    return cluster;
  }

  /** Opens a socket, even if the person has an open one. */
  connect(person: Person, index: number): void {
    const node = this.#node(index);
    const before = this.#currentSockets.get(person)?.node;
    if (node.mayLoseNotices || before?.mayLoseNotices === true) this.#model.untrack(person);
    this.#model.untrackUnread(person);
    this.#model.moved(person.name);
    const socket = new ClientSocket(person, node, this.#clock.now());
    this.#sockets.push(socket);
    this.#currentSockets.set(person, socket);
    this.#readFrames();
  }

  /** Index of the node of the person's last socket. */
  nodeOf(person: Person): number {
    return Math.max(
      0,
      this.#nodes.findIndex((node) => node === this.#currentSockets.get(person)?.node),
    );
  }

  sendOffers(from: Person, to: PeerName, times = 1): void {
    const socket = this.#currentSockets.get(from);
    const addressee = socket !== undefined && this.#settledSocket(from.name) === socket ? this.#settledSocket(to) : undefined;
    for (let n = 0; n < times; n++) if (socket?.isUp === true) this.#model.send(socket, to, addressee);
    this.#readFrames();
  }

  disconnect(person: Person, how: 'close' | 'cut'): void {
    this.#currentSockets.get(person)?.disconnect(how);
    this.#currentSockets.delete(person);
    this.#model.moved(person.name);
    this.#model.untrack(person);
    this.#readFrames();
  }

  /** Kills a node, and starts another one in its index. */
  killNode(index: number): void {
    const node = this.#node(index);
    node.kill();
    this.#model.faulted(node);
    for (const socket of this.#sockets) {
      if (socket.node !== node) continue;
      socket.killed();
      if (this.#currentSockets.get(socket.person) === socket) this.#currentSockets.delete(socket.person);
    }
    this.#model.untrackAll();
    this.#nodes[index % NODES] = this.#startNode();
  }

  cutNodeOff(index: number): void {
    const node = this.#node(index);
    node.cut();
    this.#model.faulted(node);
  }

  reconnectNode(index: number): void {
    const node = this.#node(index);
    this.#untrackLateNotices(node);
    node.reconnect();
  }

  suspendNode(index: number): void {
    const node = this.#node(index);
    node.suspend();
    this.#model.faulted(node);
  }

  /** @param seed see `NodeProcess.resume`. */
  async resumeNode(index: number, seed: number): Promise<void> {
    const node = this.#node(index);
    this.#untrackLateNotices(node);
    // Peers that the node has not read yet may connect or disconnect now.
    for (const socket of this.#sockets) {
      if (node.process.isSuspended && socket.node === node) this.#model.moved(socket.person.name);
    }
    await node.resume(seed, () => this.#engine.settle());
    this.#readFrames();
  }

  dropInFlight(index: number): void {
    const node = this.#node(index);
    node.dropInFlight();
    this.#model.faulted(node);
    // The lease ends before the node detects the loss.
    this.#untrackLateNotices(node);
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
      this.#checkSuperseded();
    }
  }

  /** Repairs all faults and connects all peers. Then each message must be delivered or reported, and each id has one socket. */
  async finish(): Promise<void> {
    await this.#repairAll();
    await this.#settle();
    for (const socket of this.#sockets) if (THIEVES.includes(socket.person)) socket.disconnect('close');
    for (const thief of THIEVES) this.disconnect(thief, 'close');
    await this.advance(BUSY_MS);
    for (const [index, owner] of OWNERS.entries()) {
      if (this.#currentSockets.get(owner)?.isOpen !== true) this.connect(owner, index);
    }
    await this.#settle();
    for (const { name } of OWNERS) {
      const open = this.#sockets.filter((socket) => socket.person.name === name && socket.isOpen);
      if (open.length !== 1) throw new Error(`${name} has ${open.length} open sockets`);
    }
    const lost = this.#model.lost();
    if (lost.length > 0) throw new Error(`neither delivered nor reported: ${lost.join()}`);
    await this.#exchangeMessages();
  }

  /** Repairs all faults, closes all sockets, and waits for garbage collection. */
  async closeAll(): Promise<void> {
    await this.#repairAll();
    await this.#settle();
    for (const socket of this.#sockets) if (socket.isOpen) socket.disconnect('close');
    await this.advance(GARBAGE_COLLECTION_MS, LONG_STEP_MS);
  }

  async #repairAll(): Promise<void> {
    for (let index = 0; index < NODES; index++) {
      await this.resumeNode(index, index);
      this.reconnectNode(index);
      this.delayEngine(index, 1);
      this.delayBus(index, 1);
    }
  }

  /** Each peer sends to each other peer, and all messages must arrive soon. */
  async #exchangeMessages(): Promise<void> {
    for (const from of OWNERS) for (const { name } of OWNERS) if (from.name !== name) this.sendOffers(from, name);
    await this.advance(DELIVERY_MS);
    const lost = this.#model.lost();
    if (lost.length > 0) throw new Error(`at the end not delivered: ${lost.join()}`);
  }

  async #settle(): Promise<void> {
    await this.advance(BUSY_MS);
    await this.advance(QUIET_MS, LONG_STEP_MS);
  }

  /** The only socket of an id, open for some time on a node without faults. */
  #settledSocket(name: PeerName): ClientSocket | undefined {
    const [socket, other] = this.#sockets.filter(({ person, isOver }) => person.name === name && !isOver);
    if (socket?.openedAt === undefined || other !== undefined) return undefined;
    const isSettled = this.#clock.now() - socket.openedAt > SUPERSEDE_MS && socket.node.isHealthySince(socket.connectedAt);
    return isSettled ? socket : undefined;
  }

  #node(index: number): SimulatedNode {
    const node = this.#nodes[index % NODES];
    if (node === undefined) throw new Error('no such node');
    return node;
  }

  #startNode(): SimulatedNode {
    return new SimulatedNode(this.#clock, this.#engine, ++this.#startedNodes);
  }

  #untrackLateNotices(node: SimulatedNode): void {
    if (!node.mayLoseNotices) return;
    for (const [person, socket] of this.#currentSockets) if (socket.node === node) this.#model.untrack(person);
  }

  #readFrames(): void {
    const now = this.#clock.now();
    for (const socket of this.#sockets) {
      for (const text of socket.frames()) {
        const frame = JSON.parse(text) as Record<string, unknown>;
        if (frame['type'] === 'OPEN') this.#opened(socket, now);
        this.#model.receive(socket, frame);
      }
    }
    // A peer whose socket the cluster has closed receives no notices.
    for (const [person, socket] of this.#currentSockets) if (socket.isClosed) this.#model.untrack(person);
  }

  /**
   * An id has one owner: from now on, sockets of another token must not send as this id. A node without the engine may send
   * OPEN after the id was claimed elsewhere.
   */
  #opened(socket: ClientSocket, now: Millis): void {
    socket.openedAt = now;
    if (!socket.node.isHealthySince(socket.connectedAt)) return;
    for (const other of this.#sockets) {
      const { name, token } = other.person;
      if (name !== socket.person.name || token === socket.person.token || !other.isOpen) continue;
      other.staleFrom = Math.min(other.staleFrom, this.#model.count);
    }
  }

  /** O5: without faults, the old socket of a peer is closed as soon as the notification arrives. */
  #checkSuperseded(): void {
    const now = this.#clock.now();
    for (const { name } of OWNERS) {
      const open = this.#sockets.filter(({ person, isOpen, connectedAt, openedAt, node }) => {
        const isOld = openedAt !== undefined && now - openedAt > SUPERSEDE_MS;
        return person.name === name && isOpen && isOld && node.isHealthySince(connectedAt);
      });
      const since = Math.min(...open.map(({ connectedAt }) => connectedAt));
      if (open.length > 1 && open.every(({ node }) => node.isHealthySince(since))) throw new Error(`${name} keeps two sockets`);
    }
  }
}
