import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory.ts';
import { MemoryTransport, type MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Broker } from '../../src/application/broker.ts';
import type { LogEvent } from '../../src/application/ports/log.ts';
import { defaultConfig, type Config } from '../../src/composition/configuration/config.ts';
import { eventCounts } from '../../src/composition/event-counts.ts';
import { buildBroker } from '../../src/composition/container.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';

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

/** A complete broker on a memory transport and a manual clock. */
export class TestBroker {
  readonly clock = new ManualClock();
  readonly tally = new MemoryTelemetry();
  readonly transport = new MemoryTransport();
  readonly events: LogEvent[] = [];
  readonly broker: Broker;

  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
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
        ...surroundings,
      },
    );
    void this.broker.listen();
  }

  connectPeer(id: string, { token = 't', key = 'peerjs', address = '192.0.2.1' } = {}): TestPeer {
    const query = new URLSearchParams({ key, id, token }).toString();
    return new TestPeer(this.transport.connect({ path: '/peerjs', query, address }), id);
  }

  /** Advances the clock. The resulting work is done when the call returns. */
  advance(span: number): void {
    this.clock.advance(span);
    this.transport.settle();
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

/** A broker with two connected peers. */
export function pair(
  config: Partial<Config> = {},
  surroundings: Partial<BrokerEnvironment> = {},
): { broker: TestBroker; ann: TestPeer; bob: TestPeer } {
  const broker = new TestBroker(config, surroundings);
  return { broker, ann: broker.connectPeer('ann'), bob: broker.connectPeer('bob') };
}
