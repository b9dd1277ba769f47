import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { RandomPeerIds } from '../../../src/adapters/peer-ids/random.ts';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import type { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import { defaultConfig, type Config } from '../../../src/composition/configuration/config.ts';
import { buildBroker } from '../../../src/composition/container.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { NodeProcess } from './node-process.ts';
import type { ClusterEngine, EngineConnection } from './simulated-engine.ts';
import type { SimulatedLinks } from './simulated-links.ts';

export const LEASE = 3_000;
export const CONFIG: Config = {
  ...defaultConfig(),
  ...{ expireTimeout: 5_000, aliveTimeout: 600_000, sweepInterval: 500, messageBurst: 100_000, messagesPerSecond: 100_000 },
  ...{ mailboxMessages: 20, concurrentLimit: 100 },
  // The pages would be read from the disk for each node.
  ...{ doctor: 'off', playground: false },
};
/** The clock of each node is ahead of the clock of the previously started node by this time. */
const CLOCK_SKEW_MS = 3_600_000;
/** After this time a node has retried commands without a reply. */
const RETRY_LIMIT_MS = 20_000;
/** After a reconnect, a node renews its lease and confirms its claims in this time. */
const CONFIRM_MS = 1_000;

/** The realm of all peers. */
export type ClusterRealm = 'literal' | 'by pattern';

/** The configured keys, and the key of the clients. */
const KEYS = {
  literal: { keys: ['peerjs'], key: 'peerjs' },
  'by pattern': { keys: ['room-*'], key: 'room-1' },
} as const;

export interface SimulatedNodeParts {
  readonly clock: ManualClock;
  readonly clusterEngine: ClusterEngine;
  readonly createTransport: () => MemoryTransport;
  readonly realm: ClusterRealm;
  /** Undefined for nodes without links. */
  readonly links: SimulatedLinks | undefined;
  /** Of the node in its cluster. */
  readonly number: number;
}

/** A broker on a memory transport, with faults that the test injects. */
export class SimulatedNode {
  readonly id: NodeId;
  readonly transport: MemoryTransport;
  /** The key of the clients. */
  readonly realm: string;
  readonly process: NodeProcess;
  readonly connection: EngineConnection;
  readonly #clock: ManualClock;
  /** When the node could not be reached by the engine any more. */
  #unreachableAt: Millis | undefined;
  /** Time of the last loss of commands in flight. */
  #lostAt: Millis = Number.NEGATIVE_INFINITY;
  #reconnectedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Whether the node was suspended before it had confirmed its claims after a cut. */
  #isConfirming = false;
  readonly telemetry = new MemoryTelemetry();
  /** Time of the last fault or repair. */
  faultAt: Millis = Number.NEGATIVE_INFINITY;

  constructor({ clock, clusterEngine, createTransport, realm, links, number }: SimulatedNodeParts) {
    this.#clock = clock;
    this.transport = createTransport();
    this.realm = KEYS[realm].key;
    const config = { ...CONFIG, keys: KEYS[realm].keys };
    this.process = new NodeProcess(clock, number * CLOCK_SKEW_MS);
    this.id = nodeId(`node ${number}`);
    const { engine, connection } = clusterEngine.connect(this.id, this.process);
    const linked = links === undefined ? {} : { links: links.connect(this.id, this.process) };
    const bus = links === undefined ? engine.bus : links.busOver(engine.bus, this.id);
    this.connection = connection;
    const broker = buildBroker(config, {
      transport: this.transport,
      clock: this.process,
      log: new SilentLog(),
      telemetry: this.telemetry,
      tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
      peerIds: new RandomPeerIds(),
      origins: { allow: 'echoed' },
      engine: { ...engine, bus },
      ...linked,
    });
    void broker.listen();
  }

  /** Notices for a peer may be lost if its node is not reached before they expire, or has lost commands. */
  get mayLoseNotices(): boolean {
    const now = this.#clock.now();
    const isLate = this.#unreachableAt !== undefined && now - this.#unreachableAt > LEASE / 2;
    return isLate || this.#mayRetry(now);
  }

  /** Whether a node without the engine may serve peers whose ids belong to others by now. */
  get isServingAlone(): boolean {
    const now = this.#clock.now();
    return this.connection.isCut || this.#isConfirming || this.#mayRetry(now) || now - this.#reconnectedAt < CONFIRM_MS;
  }

  /** Whether the node may wait for the replies to lost commands, such as those of a reconnect. */
  #mayRetry(now: Millis): boolean {
    return now - this.#lostAt < RETRY_LIMIT_MS;
  }

  /** Whether no fault has occurred since `since`. */
  isHealthySince(since: Millis): boolean {
    return this.faultAt < since && !this.connection.isCut && !this.process.isSuspended;
  }

  cut(): void {
    this.#fault();
    this.connection.cut();
  }

  reconnect(): void {
    if (!this.connection.isCut) return;
    this.#reconnectedAt = this.#clock.now();
    if (this.process.isSuspended) this.#isConfirming = true;
    this.connection.restore();
    this.#repaired();
  }

  suspend(): void {
    this.#isConfirming ||= this.isServingAlone;
    this.#fault();
    this.process.suspend();
  }

  /** @param seed see `NodeProcess.resume`. @param settle see `ClusterEngine.settle`. */
  async resume(seed: number, settle: () => Promise<void> | undefined): Promise<void> {
    await this.process.resume(seed, () => {
      this.transport.settle();
      return settle();
    });
    if (this.#isConfirming) this.#reconnectedAt = this.#clock.now();
    this.#isConfirming = false;
    this.#repaired();
  }

  dropInFlight(): void {
    this.faultAt = this.#clock.now();
    this.#lostAt = this.#clock.now();
    this.connection.dropInFlight();
  }

  kill(): void {
    this.connection.kill();
    this.process.kill();
  }

  #fault(): void {
    this.faultAt = this.#clock.now();
    this.#unreachableAt ??= this.#clock.now();
  }

  #repaired(): void {
    this.faultAt = this.#clock.now();
    if (!this.connection.isCut && !this.process.isSuspended) this.#unreachableAt = undefined;
  }
}
