import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { Tally } from '../../src/adapters/telemetry/tally.ts';
import { MemoryTransport, type MemoryFarEnd } from '../../src/adapters/transports/memory/listener.ts';
import type { Broker } from '../../src/application/broker.ts';
import type { LogEvent } from '../../src/application/ports/log.ts';
import { defaultConfig, type Config } from '../../src/composition/configuration/config.ts';
import { buildBroker } from '../../src/composition/container.ts';
import type { Surroundings } from '../../src/composition/broker-environment.ts';

/** One peer's far end, in the words of a test. */
export class Peer {
  readonly far: MemoryFarEnd;
  readonly id: string;

  constructor(far: MemoryFarEnd, id: string) {
    this.far = far;
    this.id = id;
  }

  /** What it heard after OPEN. */
  get heard(): unknown[] {
    return this.far.heard.slice(1).map((text) => JSON.parse(text) as unknown);
  }

  get closedWith(): number | undefined {
    return this.far.closed?.code;
  }

  says(message: unknown): void {
    this.far.send(JSON.stringify(message));
  }

  offers(dst: string, payload: unknown = {}): void {
    this.says({ type: 'OFFER', dst, payload });
  }
}

/** A whole broker without a network, on a clock that stands until it is turned. */
export class House {
  readonly clock = new ManualClock();
  readonly tally = new Tally();
  readonly transport = new MemoryTransport();
  readonly events: LogEvent[] = [];
  readonly broker: Broker;

  constructor(config: Partial<Config> = {}, surroundings: Partial<Surroundings> = {}) {
    this.broker = buildBroker(
      { ...defaultConfig(), ...config },
      {
        transport: this.transport,
        clock: this.clock,
        log: { record: (event) => void this.events.push(event) },
        telemetry: this.tally,
        tap: { isOpen: false, heard: () => undefined, told: () => undefined },
        peerIds: { fresh: () => 'fresh' },
        origins: { allow: 'echoed' },
        ...surroundings,
      },
    );
    void this.broker.listen();
  }

  opens(id: string, { token = 't', key = 'peerjs', address = '192.0.2.1' } = {}): Peer {
    const query = new URLSearchParams({ key, id, token }).toString();
    return new Peer(this.transport.connect({ path: '/peerjs', query, address }), id);
  }

  /** Lets time pass; what that sets off has happened when it returns. */
  passes(span: number): void {
    this.clock.passes(span);
    this.transport.settle();
  }

  /** The names of the events so far. */
  get told(): string[] {
    return this.events.map(({ event }) => event);
  }
}

/** A house with two peers in it. */
export function pair(
  config: Partial<Config> = {},
  surroundings: Partial<Surroundings> = {},
): { house: House; ann: Peer; bob: Peer } {
  const house = new House(config, surroundings);
  return { house, ann: house.opens('ann'), bob: house.opens('bob') };
}
