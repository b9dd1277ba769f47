import { LinesDialect } from '../../examples/lines-dialect/dialect.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import { TestBroker } from './test-broker.ts';

/** One who speaks in lines, in the words of a test. */
export class LinesPeer {
  readonly client: MemoryClient;
  /** The id that the broker found, as the first line tells. */
  readonly id: string;

  constructor(far: MemoryClient) {
    this.client = far;
    this.id = /you are (.+)/.exec(far.received.join(''))?.[1] ?? '';
  }

  send(line: string): void {
    this.client.send(line);
  }

  /** All it heard behind the first line. */
  get received(): string[] {
    return this.client.received.slice(1).map((line) => line.trimEnd());
  }
}

/** A house where people speak in lines too. */
export class LinesBroker extends TestBroker {
  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    const peerIds = { generate: () => `id${++count}` };
    super(config, { moreDialects: [new LinesDialect('/lines')], peerIds, ...surroundings });
  }

  connectLines(query = ''): LinesPeer {
    return new LinesPeer(this.transport.connect({ path: '/lines', query }));
  }

  /** Opens a stream, or is refused. */
  openStream(...topics: string[]): MemoryClient {
    return this.transport.stream('GET', `/lines?${topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&')}`);
  }

  /** @returns the status. */
  publish(topic: string, body: string): number | undefined {
    const exchange = this.transport.request('POST', `/lines?topic=${encodeURIComponent(topic)}`, { body });
    this.transport.settle();
    return exchange.answered?.status;
  }
}
