import { generate, parser, type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import { TestBroker } from './test-broker.ts';

export type MqttVersion = 4 | 5;

/** The fields of packets that differ from the defaults. */
type Fields<P> = Partial<Omit<P, 'cmd'>>;

const PREFIX = '[binary] ';

/** Bytes as packets, read by a foreign parser. */
export function packetsIn(bytes: Uint8Array, protocolVersion: MqttVersion): Packet[] {
  const packets: Packet[] = [];
  const reader = parser({ protocolVersion });
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', (fault) => packets.push(fault as never));
  reader.parse(Buffer.from(bytes));
  return packets;
}

/** A client of MQTT, whose packets are written and read by a foreign library. */
export class MqttClient {
  readonly client: MemoryClient;
  readonly version: MqttVersion;
  #id = 0;

  constructor(client: MemoryClient, version: MqttVersion) {
    this.client = client;
    this.version = version;
  }

  /** Sends each packet as a frame. */
  send(...packets: readonly Packet[]): this {
    for (const packet of packets) this.client.send(this.bytes(packet));
    return this;
  }

  bytes(packet: Packet): Uint8Array {
    return Uint8Array.from(generate(packet, { protocolVersion: this.version }));
  }

  /** Sends bytes from hexadecimal digits, as one frame. */
  sendHex(digits: string): this {
    this.client.send(Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex')));
    return this;
  }

  connect(fields: Fields<IConnectPacket> = {}): this {
    const defaults = { clientId: 'ann', keepalive: 60, clean: true, protocolId: 'MQTT', protocolVersion: this.version } as const;
    return this.send({ cmd: 'connect', ...defaults, ...fields });
  }

  subscribe(...topics: readonly string[]): this {
    const subscriptions = topics.map((topic) => ({ topic, qos: 0 as const }));
    return this.send({ cmd: 'subscribe', messageId: ++this.#id, subscriptions });
  }

  publish(topic: string, payload: string | Buffer, fields: Fields<IPublishPacket> = {}): this {
    const messageId = (fields.qos ?? 0) > 0 ? ++this.#id : undefined;
    const packet = { cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...fields } as const;
    return this.send(messageId === undefined ? packet : { messageId, ...packet });
  }

  /** All packets of the broker. */
  get received(): Packet[] {
    return packetsIn(this.receivedBytes, this.version);
  }

  get receivedBytes(): Uint8Array {
    return Buffer.concat(this.client.received.map((text) => Buffer.from(text.replace(PREFIX, ''), 'hex')));
  }

  /** The last packet, as hexadecimal digits. */
  get last(): string {
    return this.client.received.at(-1)?.replace(PREFIX, '') ?? '';
  }

  /** Each publication: topic, text of the payload, and `r` if it was retained. */
  get told(): string[] {
    return this.received.flatMap((packet) =>
      packet.cmd === 'publish' ? [`${packet.topic} ${packet.payload.toString()}${packet.retain ? ' r' : ''}`] : [],
    );
  }

  get closeCode(): number | undefined {
    return this.client.closed?.code;
  }
}

/** A broker that serves MQTT. Its ids are id1, id2 and so on. */
export class MqttBroker extends TestBroker {
  #clients = 0;

  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['mqtt'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...surroundings });
  }

  /** A WebSocket without any packet. */
  open(version: MqttVersion = 4, query = ''): MqttClient {
    return new MqttClient(this.transport.connect({ path: '/mqtt', query }), version);
  }

  /** A client that is connected and subscribed. */
  join(version: MqttVersion, ...topics: readonly string[]): MqttClient {
    const client = this.open(version).connect({ clientId: `c${++this.#clients}` });
    return topics.length === 0 ? client : client.subscribe(...topics);
  }
}
