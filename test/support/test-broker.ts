import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory.ts';
import { MemoryTransport, type MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Broker } from '../../src/application/broker.ts';
import type { LogEvent } from '../../src/application/ports/log.ts';
import { defaultConfig, type Config } from '../../src/composition/configuration/config.ts';
import { buildBroker } from '../../src/composition/container.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';

/** One peer's far end, in the words of a test. */
export class TestPeer {
  readonly client: MemoryClient;
  readonly id: string;

  constructor(far: MemoryClient, id: string) {
    this.client = far;
    this.id = id;
  }

  /** What it heard after OPEN. */
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

/** A whole broker without a network, on a clock that stands until it is turned. */
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

  /** Lets time pass; what that sets off has happened when it returns. */
  advance(span: number): void {
    this.clock.advance(span);
    this.transport.settle();
  }

  /** The names of the events so far. */
  get eventNames(): string[] {
    return this.events.map(({ event }) => event);
  }
}

/** A house with two peers in it. */
export function pair(
  config: Partial<Config> = {},
  surroundings: Partial<BrokerEnvironment> = {},
): { house: TestBroker; ann: TestPeer; bob: TestPeer } {
  const house = new TestBroker(config, surroundings);
  return { house, ann: house.connectPeer('ann'), bob: house.connectPeer('bob') };
}
