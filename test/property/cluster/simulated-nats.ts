import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { followConnection, createNatsEngine } from '../../../src/adapters/engines/nats/engine.ts';
import { BUCKET_HISTORY } from '../../../src/adapters/engines/nats/journal-state.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { realmKey, type NodeId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { ClusterEngine, NodeEngine } from './simulated-engine.ts';
import { SimulatedNatsConnection } from './simulated-nats-connection.ts';
import { SimulatedStream } from './simulated-stream.ts';

/** The adapters for NATS, over a NATS that is simulated: each node at the end of a line of its own. */
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

  connect(node: NodeId): NodeEngine {
    const wire = new SimulatedNatsConnection(this.#clock, this.#stream, () => {
      for (const line of this.#connections) line.notify();
    });
    this.#connections.push(wire);
    const log = new SilentLog();
    const sleep = (span: Millis): Promise<void> =>
      new Promise((resolve) => void this.#clock.wakeAt(this.#clock.now() + span, resolve));
    const engine = createNatsEngine(wire.client, { ...this.#settings, node, realms: [realmKey('peerjs')] }, log, { sleep });
    void engine.open();
    void followConnection(wire.client, engine, log);
    return { engine, wire };
  }

  /** What stands in the engine that says more than who lives. */
  leftovers(): readonly string[] {
    const keys = this.#stream.after(0).map(({ key }) => key);
    return keys.filter((key) => !key.startsWith('lease.') && !key.startsWith('tick.'));
  }

  /** Promises are kept. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}
