import { LinesDialect } from '../../examples/lines-dialect/dialect.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import { TestBroker } from './test-broker.ts';

/** A client of the lines dialect. */
export class LinesPeer {
  readonly client: MemoryClient;
  /** The generated id, read from the first line. */
  readonly id: string;

  constructor(client: MemoryClient) {
    this.client = client;
    this.id = /you are (.+)/.exec(client.received.join(''))?.[1] ?? '';
  }

  send(line: string): void {
    this.client.send(line);
  }

  /** The lines after the first one. */
  get received(): string[] {
    return this.client.received.slice(1).map((line) => line.trimEnd());
  }
}

/** A broker that also serves the lines dialect. */
export class LinesBroker extends TestBroker {
  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    const peerIds = { generate: () => `id${++count}` };
    super(config, { moreDialects: [new LinesDialect('/lines')], peerIds, ...surroundings });
  }

  connectLines(query = ''): LinesPeer {
    return new LinesPeer(this.transport.connect({ path: '/lines', query }));
  }

  /** Opens a stream; the result may be a refusal. */
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
