import type { Millis } from '../domain/time.ts';
import { ManualClock } from '../adapters/clocks/manual.ts';
import { MemoryTelemetry } from '../adapters/telemetry/memory.ts';
import { MemoryTransport, type MemoryClient } from '../adapters/transports/memory/listener.ts';
import type { Broker } from '../application/broker.ts';
import type { LogEvent } from '../application/ports/log.ts';
import { defaultConfig, type Config } from '../composition/configuration/config.ts';
import { eventCounts } from '../composition/event-counts.ts';
import { buildBroker } from '../composition/container.ts';
import type { BrokerEnvironment } from '../composition/broker-environment.ts';

/** A PeerJS client and its peer id. */
export class TestPeer {
  readonly client: MemoryClient;
  readonly id: string;

  constructor(client: MemoryClient, id: string) {
    this.client = client;
    this.id = id;
  }

  /** The messages after OPEN. */
  get received(): unknown[] {
    return this.client.received.slice(1).map((text) => JSON.parse(text) as unknown);
  }

  /** The connection is lost: no close frame arrives. */
  cut(): void {
    this.client.cut();
  }

  get closeCode(): number | undefined {
    return this.client.closed?.code;
  }

  send(message: unknown): void {
    this.client.send(JSON.stringify(message));
  }

  sendOffer(dst: string, payload: unknown = {}): void {
    this.send({ type: 'OFFER', dst, payload });
  }
}

/** In milliseconds of the manual clock. */
const DRAIN_STEP: Millis = 1_000;
const MOST_TURNS = 1_000;

/** The parts that replace those of the box. */
type Surroundings = Partial<BrokerEnvironment>;

/** A complete broker on a memory transport and a manual clock. */
export class TestBroker {
  readonly clock = new ManualClock();
  readonly tally = new MemoryTelemetry();
  readonly transport = new MemoryTransport();
  readonly events: LogEvent[] = [];
  readonly broker: Broker;

  constructor(config: Partial<Config> = {}, surroundings: Surroundings | ((clock: ManualClock) => Surroundings) = {}) {
    const given = typeof surroundings === 'function' ? surroundings(this.clock) : surroundings;
    this.broker = buildBroker(
      { ...defaultConfig(), ...config },
      {
        transport: this.transport,
        clock: this.clock,
        log: { record: (event) => void this.events.push(event) },
        telemetry: this.tally,
        tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
        peerIds: { generate: () => 'fresh' },
        origins: { allow: 'echoed' },
        ...given,
      },
    );
    void this.broker.listen();
  }

  connectPeer(id: string, { token = 't', key = 'peerjs', address = '192.0.2.1' } = {}): TestPeer {
    const query = new URLSearchParams({ key, id, token }).toString();
    return new TestPeer(this.transport.connect({ path: '/peerjs', query, address }), id);
  }

  /** Advances the clock. The resulting work is done when the call returns. */
  advance(span: Millis): void {
    this.clock.advance(span);
    this.transport.settle();
  }

  /** Waits for adapters that answer later, and does the resulting work. */
  async settle(turns = 5): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.transport.settle();
    }
  }

  /** Drains and stops the broker. Advances the clock until that is done. */
  async close(): Promise<void> {
    let isClosed = false;
    const closed = this.broker.close().then(() => (isClosed = true));
    for (let turn = 0; turn < MOST_TURNS && !isClosed; turn++) {
      this.advance(DRAIN_STEP);
      await this.settle(1);
    }
    await closed;
  }

  /** The counters of events that are not zero. */
  counts(): ReturnType<typeof eventCounts> {
    return eventCounts(this.tally);
  }

  /** The names of the logged events so far. */
  get eventNames(): string[] {
    return this.events.map(({ event }) => event);
  }
}
