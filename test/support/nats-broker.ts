import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import { TestBroker } from './test-broker.ts';

const CONNECT = { verbose: false, pedantic: false, headers: true, no_responders: true, protocol: 1 };

/** A client with the protocol of NATS. */
export class NatsClient {
  readonly client: MemoryClient;

  constructor(client: MemoryClient) {
    this.client = client;
  }

  /** Sends one frame. @param lines without their ends. */
  send(...lines: readonly string[]): this {
    return this.sendText(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Sends one frame. */
  sendText(text: string): this {
    this.client.send(Buffer.from(text));
    return this;
  }

  connect(options: object = {}): this {
    return this.send(`CONNECT ${JSON.stringify({ ...CONNECT, ...options })}`);
  }

  publish(subject: string, payload: string, reply?: string): this {
    return this.send(`PUB ${subject}${reply === undefined ? '' : ` ${reply}`} ${Buffer.byteLength(payload)}`, payload);
  }

  /** All bytes that the client received, without the first INFO. */
  get received(): string {
    const bytes = this.client.received.map((frame) => Buffer.from(frame.replace('[binary] ', ''), 'hex'));
    return Buffer.concat(bytes)
      .toString()
      .replace(/^INFO .*?\r\n/, '');
  }

  get info(): Record<string, unknown> {
    const [frame = ''] = this.client.received;
    const text = Buffer.from(frame.replace('[binary] ', ''), 'hex').toString();
    return JSON.parse(text.slice('INFO '.length)) as Record<string, unknown>;
  }

  get closeCode(): number | undefined {
    return this.client.closed?.code;
  }
}

/** A broker that serves NATS. Its ids are id1, id2 and so on. */
export class NatsBroker extends TestBroker {
  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['nats'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...surroundings });
  }

  /** A WebSocket without any verb. */
  open(query = ''): NatsClient {
    return new NatsClient(this.transport.connect({ path: '/nats', query }));
  }

  /** A client that is connected and subscribed. Its sids are s0, s1 and so on. */
  join(...subjects: readonly string[]): NatsClient {
    return this.open()
      .connect()
      .send(...subjects.map((subject, at) => `SUB ${subject} s${at}`));
  }
}
