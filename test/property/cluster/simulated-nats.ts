import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { followConnection, createNatsEngine } from '../../../src/adapters/engines/nats/engine.ts';
import { BUCKET_HISTORY } from '../../../src/adapters/engines/nats/known-claim.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { parseKey } from '../../../src/adapters/engines/nats/keys.ts';
import { POOL } from '../../../src/adapters/engines/shared/pooled-names.ts';
import { realmKey, type NodeId, type RealmKey } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineEvents } from './cluster-options.ts';
import type { Effect } from './engine-state.ts';
import type { NodeProcess } from './node-process.ts';
import type { ClusterRealm } from './simulated-node.ts';
import type { ClusterEngine, NodeEngine } from './simulated-engine.ts';
import { SimulatedNatsConnection } from './simulated-nats-connection.ts';
import { SimulatedStream } from './simulated-stream.ts';

type NatsLimits = MailboxLimits & { readonly lease: Millis };

/** The first stream has more entries than any later one, as after a long time. */
const OLD_REVISIONS = 100_000;

/** The NATS adapters on a simulated NATS. Each node has its own connection. */
export class SimulatedNats implements ClusterEngine {
  readonly #clock: ManualClock;
  readonly #settings: NatsLimits & { readonly concurrentLimit: number };
  readonly #events: EngineEvents;
  #stream: SimulatedStream;
  /** The realm of the engine. */
  readonly #realm: RealmKey;
  #streams = 1;
  readonly #connections: SimulatedNatsConnection[] = [];

  constructor(clock: ManualClock, limits: NatsLimits, events: EngineEvents, realm: ClusterRealm = 'literal') {
    this.#realm = realm === 'literal' ? realmKey('peerjs') : POOL;
    this.#clock = clock;
    this.#settings = { ...limits, concurrentLimit: 0 };
    this.#events = events;
    this.#stream = this.#emptyStream();
  }

  connect(node: NodeId, process: NodeProcess): NodeEngine {
    const notifyAll = (): void => this.#connections.forEach((connection) => connection.notify());
    const stream = () => this.#stream;
    const connection = new SimulatedNatsConnection({ clock: this.#clock, process, stream, notifyAll });
    this.#connections.push(connection);
    const log = new SilentLog();
    const sleep = (span: Millis): Promise<void> => new Promise((resolve) => void process.wakeAt(process.now() + span, resolve));
    const engine = createNatsEngine(connection.client, { ...this.#settings, node, realms: [this.#realm] }, log, { sleep });
    void engine.open();
    void followConnection(connection.client, engine, log);
    const records = new MemoryClusterRecords(this.#clock, () => [node]);
    return { engine: { ...engine, records }, connection };
  }

  forget(): void {
    this.#streams += 1;
    this.#stream = this.#emptyStream();
  }

  /** NATS confirms a write when most servers have it, so no confirmed write is lost. */
  failOver(): readonly Effect[] {
    for (const connection of this.#connections) connection.dropInFlight();
    return [];
  }

  /** Keys in the stream, except leases and ticks. */
  leftovers(): readonly string[] {
    const keys = this.#stream.after(0).map(({ key }) => key);
    return keys.filter((key) => !key.startsWith('lease.') && !key.startsWith('tick.'));
  }

  /** Waits for pending promises. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #emptyStream(): SimulatedStream {
    const last = this.#streams === 1 ? OLD_REVISIONS : 0;
    const onDropped = (key: string): void => this.#dropped(key);
    return new SimulatedStream(`stream ${this.#streams}`, () => this.#clock.now(), { history: BUCKET_HISTORY, last, onDropped });
  }

  #dropped(key: string): void {
    const parsed = parseKey(key);
    if (parsed?.kind === 'claim') this.#events.onClaimDropped(parsed.id);
  }
}
