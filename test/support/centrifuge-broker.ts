import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import { TestBroker } from './test-broker.ts';

/** A client with the JSON protocol of Centrifuge. */
export class CentrifugeClient {
  readonly client: MemoryClient;
  #id = 0;

  constructor(client: MemoryClient) {
    this.client = client;
  }

  /** Sends one frame with a command for each entry, from `[name, parameters]`. */
  send(...commands: readonly (readonly [string, object])[]): this {
    this.client.send(commands.map(([name, parameters]) => JSON.stringify({ [name]: parameters, id: ++this.#id })).join('\n'));
    return this;
  }

  connect(token?: string): this {
    return this.send(['connect', token === undefined ? {} : { token }]);
  }

  subscribe(...channels: readonly string[]): this {
    return this.send(...channels.map((channel) => ['subscribe', { channel }] as const));
  }

  publish(channel: string, data: unknown): this {
    return this.send(['publish', { channel, data }]);
  }

  get received(): unknown[] {
    return this.client.received.map((text) => JSON.parse(text) as unknown);
  }

  /** The last reply or push. */
  get last(): unknown {
    return this.received.at(-1);
  }

  /** The data of all pushes, by channel. */
  get pushes(): (readonly [string, unknown])[] {
    const frames = this.received as { readonly push?: { readonly channel: string; readonly pub?: { readonly data: unknown } } }[];
    return frames.flatMap(({ push }) => (push?.pub === undefined ? [] : [[push.channel, push.pub.data] as const]));
  }

  get closeCode(): number | undefined {
    return this.client.closed?.code;
  }
}

/** A broker that serves Centrifuge. Its ids are id1, id2 and so on. */
export class CentrifugeBroker extends TestBroker {
  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['centrifuge'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...surroundings });
  }

  /** A WebSocket without any command. */
  open(query = ''): CentrifugeClient {
    return new CentrifugeClient(this.transport.connect({ path: '/connection/websocket', query }));
  }

  /** A client that is connected and subscribed. */
  join(...channels: readonly string[]): CentrifugeClient {
    const client = this.open().connect();
    return channels.length === 0 ? client : client.subscribe(...channels);
  }
}
