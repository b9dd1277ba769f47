import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { follow, natsEngine } from '../../../src/adapters/engines/nats/engine.ts';
import { HISTORY } from '../../../src/adapters/engines/nats/ledger.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { realmKey, type NodeId } from '../../../src/domain/ids.ts';
import type { MailroomLimits } from '../../../src/domain/mailroom.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { ClusterEngine, EnginePlace } from './engine.ts';
import { SimulatedLine } from './nats-line.ts';
import { Stream } from './stream.ts';

/** The adapters for NATS, over a NATS that is simulated: each node at the end of a line of its own. */
export class SimulatedNats implements ClusterEngine {
  readonly #clock: ManualClock;
  readonly #settings: MailroomLimits & { readonly lease: Millis; readonly concurrentLimit: number };
  readonly #stream: Stream;
  readonly #lines: SimulatedLine[] = [];

  constructor(clock: ManualClock, limits: MailroomLimits, lease: Millis) {
    this.#clock = clock;
    this.#settings = { ...limits, lease, concurrentLimit: 0 };
    this.#stream = new Stream(() => clock.now(), HISTORY);
  }

  at(node: NodeId): EnginePlace {
    const wire = new SimulatedLine(this.#clock, this.#stream, () => {
      for (const line of this.#lines) line.wake();
    });
    this.#lines.push(wire);
    const log = new SilentLog();
    const elapsed = (span: Millis): Promise<void> =>
      new Promise((resolve) => void this.#clock.wakeAt(this.#clock.now() + span, resolve));
    const engine = natsEngine(wire.line, { ...this.#settings, node, realms: [realmKey('peerjs')] }, log, { elapsed });
    void engine.open();
    void follow(wire.line, engine, log);
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
