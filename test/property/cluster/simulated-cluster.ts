import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { unpooledName } from '../../../src/adapters/engines/shared/pooled-names.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { ClientSockets } from './client-sockets.ts';
import type { CreateEngine, SimulatedClusterOptions } from './cluster-options.ts';
import { ClientSocket, OWNERS, PERSONS, THIEVES, type PeerName, type Person } from './client-socket.ts';
import { DeliveryModel } from './delivery-model.ts';
import { unpooledEffect } from './engine-state.ts';
import type { ClusterEngine } from './simulated-engine.ts';
import { TimeSteps } from './time-steps.ts';
import { LinkFaults } from './link-faults.ts';
import { SimulatedLinks } from './simulated-links.ts';
import { CONFIG, LEASE, SimulatedNode } from './simulated-node.ts';

export const NODES = 3;

/** After this time all messages in flight have arrived or expired, leases have lapsed, and all claims are confirmed. */
const QUIET_MS = 25 * LEASE;
/** After this time without faults, claims and messages have settled. A later confirmation must not repair anything. */
const RECONNECT_MS = 5 * LEASE;
/** After this time all obsolete entries are deleted. */
const GARBAGE_COLLECTION_MS = 300_000;
const STEP_MS = 10;
const LONG_STEP_MS = 500;
const BUSY_MS = 3_000;
/** Time for a bus message to another node and the collection of the mailbox. */
const DELIVERY_MS = 50;

/** A cluster of brokers with memory transports on a manual clock, and a model that checks all received frames. */
export class SimulatedCluster {
  readonly #clock = new ManualClock();
  readonly #steps = new TimeSteps(this.#clock);
  readonly #engine: ClusterEngine;
  readonly #options: SimulatedClusterOptions;
  readonly #model = new DeliveryModel(() => this.#clock.now());
  readonly #nodes: SimulatedNode[] = [];
  readonly links: LinkFaults;
  readonly #sockets = new ClientSockets();
  #startedNodes = 0;

  private constructor(createEngine: CreateEngine, options: SimulatedClusterOptions) {
    this.#options = options;
    this.links = new LinkFaults(
      options.hasLinks === true ? new SimulatedLinks(this.#clock) : undefined,
      this.#model,
      this.#nodes,
    );
    // The late claim closes a socket that the peer has opened since, so its notices may be lost.
    const onLateClaim = (id: PeerId): void => {
      for (const person of PERSONS) if (person.name === unpooledName(id)) this.#model.untrack(person);
      this.#model.moved(unpooledName(id));
    };
    const onClaimDropped = (id: PeerId): void => this.#model.claimDropped(unpooledName(id));
    this.#engine = createEngine(this.#clock, CONFIG, LEASE, { onLateClaim, onClaimDropped }, options.realm);
  }

  static async start(createEngine: CreateEngine, options: SimulatedClusterOptions = {}): Promise<SimulatedCluster> {
    const cluster = new SimulatedCluster(createEngine, options);
    for (let n = 0; n < NODES; n++) cluster.#nodes.push(cluster.#startNode());
    for (const [index, owner] of OWNERS.entries()) cluster.connect(owner, index);
    await cluster.advance(STEP_MS);
    return cluster;
  }

  /** Opens a socket, even if the person has an open one. */
  connect(person: Person, index: number): void {
    const node = this.#node(index);
    const before = this.#sockets.current.get(person)?.node;
    if (node.mayLoseNotices || before?.mayLoseNotices === true) this.#model.untrack(person);
    this.#model.untrackUnread(person);
    this.#model.moved(person.name);
    const socket = new ClientSocket(person, node, this.#clock.now());
    this.#sockets.add(socket);
    this.#readFrames();
  }

  /** Index of the node of the person's last socket. */
  nodeOf(person: Person): number {
    const last = this.#sockets.current.get(person)?.node;
    const index = this.#nodes.findIndex((node) => node === last);
    return Math.max(0, index);
  }

  sendOffers(from: Person, to: PeerName, times = 1): void {
    const now = this.#clock.now();
    const socket = this.#sockets.current.get(from);
    const addressee =
      socket !== undefined && this.#sockets.settled(from.name, now) === socket ? this.#sockets.settled(to, now) : undefined;
    for (let n = 0; n < times; n++) if (socket?.isUp === true) this.#model.send(socket, to, addressee);
    this.#readFrames();
  }

  disconnect(person: Person, how: 'close' | 'cut'): void {
    this.#sockets.current.get(person)?.disconnect(how);
    this.#left(person);
    this.#model.mayRegain(person.name, this.#sockets.released(person));
    this.#model.moved(person.name);
    this.#model.untrack(person);
    this.#readFrames();
  }

  /** Kills a node, and starts another one in its index. */
  killNode(index: number): void {
    const node = this.#node(index);
    node.kill();
    this.links.killed(node);
    this.#model.faulted(node);
    for (const socket of this.#sockets.all) {
      if (socket.node !== node) continue;
      socket.killed();
      if (this.#sockets.current.get(socket.person) === socket) this.#left(socket.person);
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
    this.links.suspended();
    this.#model.faulted(node);
  }

  /** @param seed see `NodeProcess.resume`. */
  async resumeNode(index: number, seed: number): Promise<void> {
    const node = this.#node(index);
    this.#untrackLateNotices(node);
    const suspended = node.process.isSuspended ? this.#sockets.on(node) : [];
    for (const { person } of suspended) this.#model.moved(person.name);
    await node.resume(seed, () => this.#engine.settle());
    this.links.resumed();
    this.#readFrames();
  }

  dropInFlight(index: number): void {
    const node = this.#node(index);
    node.dropInFlight();
    this.#model.faulted(node);
    // The lease ends before the node detects the loss.
    this.#untrackLateNotices(node);
  }

  /** The engine cannot be reached for a time. */
  async engineAway(span: number): Promise<void> {
    for (let index = 0; index < NODES; index++) this.cutNodeOff(index);
    await this.advance(span);
    for (let index = 0; index < NODES; index++) this.reconnectNode(index);
  }

  /** The engine restarts without its data. */
  async engineForgets(span: number): Promise<void> {
    for (let index = 0; index < NODES; index++) this.cutNodeOff(index);
    await this.advance(span);
    this.#engine.forget();
    this.#model.forgotten();
    this.#sockets.forgotten(this.#clock.now());
    for (let index = 0; index < NODES; index++) this.reconnectNode(index);
  }

  /** Another server of the engine takes over. @param lostWrites writes that were not replicated. */
  async engineFailsOver(span: number, lostWrites: number): Promise<void> {
    for (let index = 0; index < NODES; index++) this.cutNodeOff(index);
    await this.advance(span);
    this.#sockets.hasLostWrites = true;
    for (const lost of this.#engine.failOver(lostWrites)) {
      const effect = unpooledEffect(lost);
      this.#model.lostWrite(effect);
      if (effect.type === 'owner') this.#mayRegain(effect.id);
    }
    for (let index = 0; index < NODES; index++) this.reconnectNode(index);
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
      this.#steps.advance(until, step);
      await this.#engine.settle();
      for (const { transport } of this.#nodes) transport.settle();
      this.#readFrames();
      this.#sockets.checkSuperseded(this.#clock.now());
    }
  }

  /** Repairs all faults and connects all peers. Then each message must be delivered or reported, and each id has one socket. */
  async finish(): Promise<void> {
    await this.#repairAll();
    await this.#settle(QUIET_MS);
    this.#sockets.checkLatestIsOpen();
    for (const socket of this.#sockets.all) if (THIEVES.includes(socket.person)) socket.disconnect('close');
    for (const thief of THIEVES) this.disconnect(thief, 'close');
    await this.advance(BUSY_MS);
    for (const [index, owner] of OWNERS.entries()) {
      if (this.#sockets.current.get(owner)?.isOpen !== true) this.connect(owner, index);
    }
    await this.#settle(RECONNECT_MS);
    this.#sockets.checkOneOfEach();
    const lost = this.#model.lost();
    if (lost.length > 0) throw new Error(`neither delivered nor reported: ${lost.join()}`);
    await this.#exchangeMessages();
  }

  /** Repairs all faults, closes all sockets, and waits for garbage collection. */
  async closeAll(): Promise<void> {
    await this.#repairAll();
    await this.#settle(QUIET_MS);
    for (const socket of this.#sockets.all) if (socket.isOpen) socket.disconnect('close');
    await this.advance(GARBAGE_COLLECTION_MS, LONG_STEP_MS);
  }

  async #repairAll(): Promise<void> {
    this.links.repair();
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

  async #settle(quiet: Millis): Promise<void> {
    await this.advance(BUSY_MS);
    await this.advance(quiet, LONG_STEP_MS);
  }

  #node(index: number): SimulatedNode {
    const node = this.#nodes[index % NODES];
    if (node === undefined) throw new Error('no such node');
    return node;
  }

  #startNode(): SimulatedNode {
    const { createTransport = () => new MemoryTransport(), realm = 'literal' } = this.#options;
    const [clock, clusterEngine, number] = [this.#clock, this.#engine, ++this.#startedNodes];
    return new SimulatedNode({ clock, clusterEngine, createTransport, realm, links: this.links.network, number });
  }

  /** If the engine has lost its data, each node claims its free ids again, also those that others have claimed and released. */
  #left(person: Person): void {
    this.#sockets.current.delete(person);
    const { forgottenAt } = this.#sockets;
    if (forgottenAt !== undefined) this.#mayRegain(person.name, forgottenAt);
  }

  /** Sockets that were connected before may own their id again. */
  #mayRegain(name: string, before = Number.POSITIVE_INFINITY): void {
    this.#model.mayRegain(name);
    this.#sockets.mayRegain(name, before);
  }

  #untrackLateNotices(node: SimulatedNode): void {
    if (!node.mayLoseNotices) return;
    for (const [person, socket] of this.#sockets.current) if (socket.node === node) this.#model.untrack(person);
  }

  #readFrames(): void {
    const now = this.#clock.now();
    for (const socket of this.#sockets.connected) {
      for (const text of socket.readFrames()) {
        const frame = JSON.parse(text) as Record<string, unknown>;
        if (frame['type'] === 'OPEN') this.#sockets.opened(socket, now, this.#model.count);
        this.#model.receive(socket, frame);
      }
    }
    for (const socket of this.#sockets.takeClosed()) {
      if (socket.isRefused) this.#model.untrackRefused(socket);
      // A peer whose socket the cluster has closed receives no notices.
      if (this.#sockets.current.get(socket.person) === socket) this.#model.untrack(socket.person);
    }
  }
}
