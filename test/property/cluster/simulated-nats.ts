import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { followConnection, createNatsEngine } from '../../../src/adapters/engines/nats/engine.ts';
import { BUCKET_HISTORY } from '../../../src/adapters/engines/nats/journal-state.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { realmKey, type NodeId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { NodeProcess } from './node-process.ts';
import type { ClusterEngine, NodeEngine } from './simulated-engine.ts';
import { SimulatedNatsConnection } from './simulated-nats-connection.ts';
import { SimulatedStream } from './simulated-stream.ts';

/** The NATS adapters on a simulated NATS. Each node has its own connection. */
export class SimulatedNats implements ClusterEngine {
  readonly #clock: ManualClock;
  readonly #settings: MailboxLimits & { readonly lease: Millis; readonly concurrentLimit: number };
  readonly #stream: SimulatedStream;
  readonly #connections: SimulatedNatsConnection[] = [];

  constructor(clock: ManualClock, limits: MailboxLimits, lease: Millis) {
    this.#clock = clock;
    this.#settings = { ...limits, lease, concurrentLimit: 0 };
    this.#stream = new SimulatedStream(() => clock.now(), BUCKET_HISTORY);
  }

  connect(node: NodeId, process: NodeProcess): NodeEngine {
    const notifyAll = (): void => this.#connections.forEach((connection) => connection.notify());
    const connection = new SimulatedNatsConnection({ clock: this.#clock, process, stream: this.#stream, notifyAll });
    this.#connections.push(connection);
    const log = new SilentLog();
    const sleep = (span: Millis): Promise<void> => new Promise((resolve) => void process.wakeAt(process.now() + span, resolve));
    const engine = createNatsEngine(connection.client, { ...this.#settings, node, realms: [realmKey('peerjs')] }, log, { sleep });
    void engine.open();
    void followConnection(connection.client, engine, log);
    return { engine, connection };
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
}
