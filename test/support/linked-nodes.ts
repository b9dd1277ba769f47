import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { MemoryTransport } from '../../src/adapters/transports/memory/listener.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import type { LinkItem } from '../../src/application/ports/broker-links.ts';
import { SimulatedEngine } from '../property/cluster/simulated-engine.ts';
import { SimulatedLinks } from '../property/cluster/simulated-links.ts';
import { CONFIG, LEASE, SimulatedNode } from '../property/cluster/simulated-node.ts';

/** Links that record what is sent. */
class RecordingLinks extends SimulatedLinks {
  readonly sent: LinkItem[] = [];

  override send(...[end, item]: Parameters<SimulatedLinks['send']>): void {
    this.sent.push(item.type === 'message' ? { ...item, payload: item.payload && item.payload.slice() } : item);
    super.send(end, item);
  }
}

interface Frame {
  readonly type: string;
  readonly src?: string;
  readonly payload?: unknown;
}

/** A client of one node. */
class Client {
  readonly #client: MemoryClient;

  constructor(node: SimulatedNode, id: string) {
    this.#client = node.transport.connect({ path: '/peerjs', query: `key=peerjs&id=${id}&token=token-of-${id}` });
  }

  send(to: string, payload: unknown): void {
    this.#client.send(JSON.stringify({ type: 'OFFER', dst: to, payload }));
  }

  close(): void {
    this.#client.close();
  }

  /** The payloads of received offers, and the types of other frames except OPEN. */
  get received(): unknown[] {
    const frames = this.#client.received.map((text) => JSON.parse(text) as Frame).filter(({ type }) => type !== 'OPEN');
    return frames.map(({ type, payload }) => (type === 'OFFER' ? payload : type));
  }
}

/** Two nodes of a cluster with links: ann is connected to the first one, bob to the second one. */
export class LinkedNodes {
  readonly clock = new ManualClock();
  readonly links = new RecordingLinks(this.clock);
  readonly nodes: readonly [SimulatedNode, SimulatedNode];
  readonly ann: Client;
  readonly bob: Client;

  constructor() {
    const options = { duplicatesBusMessages: false, onLateClaim: () => undefined };
    const clusterEngine = new SimulatedEngine(this.clock, { ...defaultConfig(), ...CONFIG }, LEASE, options);
    const start = (number: number): SimulatedNode =>
      new SimulatedNode({
        ...{ clock: this.clock, clusterEngine, createTransport: () => new MemoryTransport(), realm: 'literal' },
        ...{ links: this.links, number },
      });
    this.nodes = [start(1), start(2)];
    this.ann = this.connect(0, 'ann');
    this.bob = this.connect(1, 'bob');
    this.advance(20);
  }

  connect(at: 0 | 1, id: string): Client {
    return new Client(this.nodes[at], id);
  }

  advance(span: number): void {
    for (let passed = 0; passed < span; passed += 1) {
      this.clock.advance(1);
      for (const { transport } of this.nodes) transport.settle();
    }
  }

  /** Sends three messages, after which a lane from ann to bob is open. */
  openLane(): void {
    for (const n of [1, 2, 3]) {
      this.ann.send('bob', n);
      this.advance(100);
    }
  }

  /** The items of a type that were sent over links. */
  sent<Type extends LinkItem['type']>(type: Type): Extract<LinkItem, { type: Type }>[] {
    return this.links.sent.filter((item): item is Extract<LinkItem, { type: Type }> => item.type === type);
  }
}
