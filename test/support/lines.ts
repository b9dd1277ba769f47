import { LinesDialect } from '../../examples/lines-dialect/dialect.ts';
import type { MemoryFarEnd } from '../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import type { Surroundings } from '../../src/composition/broker-environment.ts';
import { House } from './house.ts';

/** One who speaks in lines, in the words of a test. */
export class Speaker {
  readonly far: MemoryFarEnd;
  /** The id that the broker found, as the first line tells. */
  readonly id: string;

  constructor(far: MemoryFarEnd) {
    this.far = far;
    this.id = /you are (.+)/.exec(far.heard.join(''))?.[1] ?? '';
  }

  says(line: string): void {
    this.far.send(line);
  }

  /** All it heard behind the first line. */
  get heard(): string[] {
    return this.far.heard.slice(1).map((line) => line.trimEnd());
  }
}

/** A house where people speak in lines too. */
export class LinesHouse extends House {
  constructor(config: Partial<Config> = {}, surroundings: Partial<Surroundings> = {}) {
    let count = 0;
    const peerIds = { fresh: () => `id${++count}` };
    super(config, { moreDialects: [new LinesDialect('/lines')], peerIds, ...surroundings });
  }

  enters(query = ''): Speaker {
    return new Speaker(this.transport.connect({ path: '/lines', query }));
  }

  /** Opens a stream, or is refused. */
  listens(...topics: string[]): MemoryFarEnd {
    return this.transport.stream('GET', `/lines?${topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&')}`);
  }

  /** @returns the status. */
  publishes(topic: string, body: string): number | undefined {
    const exchange = this.transport.request('POST', `/lines?topic=${encodeURIComponent(topic)}`, { body });
    this.transport.settle();
    return exchange.answered?.status;
  }
}
