import { assertEqual, assertThat } from './assertions.ts';
import type { PeerClient } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';
import { Failed } from './outcomes.ts';

/** The default path of an MQTT broker. */
const DEFAULT_PATH = '/mqtt';
const MORE = 0x80;

/** A packet: type and flags, and the bytes behind its length. */
export interface MqttPacket {
  readonly header: number;
  readonly body: Buffer;
}

/** A publication as the client receives it. */
export interface MqttDelivery {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
}

/** The content of CONNECT that differs between cases. */
export interface MqttConnect {
  readonly version?: 4 | 5;
  readonly clientId?: string;
  readonly isClean?: boolean;
  readonly will?: { readonly topic: string; readonly payload: string };
  /** In seconds. */
  readonly keepAlive?: number;
}

/** Types and flags of packets. */
export const HEADERS = {
  ...{ connect: 0x10, connack: 0x20, publish: 0x30, puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 },
  ...{ subscribe: 0x82, suback: 0x90, unsubscribe: 0xa2, unsuback: 0xb0, pingreq: 0xc0, pingresp: 0xd0, disconnect: 0xe0 },
} as const;

/** The request target of the MQTT endpoint. */
export function mqttTarget(scene: Fixture): string {
  return scene.server.settings.mqtt_path ?? DEFAULT_PATH;
}

/** A packet from numbers, texts with their lengths, and bytes. */
export function mqttPacket(header: number, ...parts: readonly (number | string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map(bytesOf));
  const digits: number[] = [];
  let rest = body.length;
  do {
    digits.push((rest % MORE) + (rest >= MORE ? MORE : 0));
    rest = Math.floor(rest / MORE);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([header, ...digits]), body]);
}

function bytesOf(part: number | string | Uint8Array): Uint8Array {
  if (typeof part === 'number') return Buffer.from([part]);
  if (typeof part !== 'string') return part;
  const text = Buffer.from(part);
  return Buffer.concat([uint16(text.length), text]);
}

export function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

/** MQ4. */
export function connectPacket(fields: MqttConnect = {}): Buffer {
  const { version = 4, clientId = uniqueName('client'), isClean = true, keepAlive = 60, will } = fields;
  const flags = (isClean ? 2 : 0) + (will === undefined ? 0 : 4);
  const properties = version === 5 ? [0] : [];
  const last = will === undefined ? [] : [...properties, will.topic, will.payload];
  return mqttPacket(HEADERS.connect, 'MQTT', version, flags, uint16(keepAlive), ...properties, clientId, ...last);
}

/** A client of MQTT 3.1.1 or 5.0. */
export class MqttClient {
  readonly socket: PeerClient;
  readonly #version: 4 | 5;
  #rest = Buffer.alloc(0);
  #id = 0;
  readonly #early: MqttPacket[] = [];

  private constructor(socket: PeerClient, version: 4 | 5) {
    this.socket = socket;
    this.#version = version;
  }

  /** Opens a socket without any packet. */
  static async open(scene: Fixture, name: string, version: 4 | 5 = 4): Promise<MqttClient> {
    return new MqttClient(await scene.openSocketAt(mqttTarget(scene), name, true, 'mqtt'), version);
  }

  /** MQ5: connects, and subscribes to filters. @throws Failed */
  static async connect(
    scene: Fixture,
    name: string,
    filters: readonly string[] = [],
    who: MqttConnect = {},
  ): Promise<MqttClient> {
    const client = await MqttClient.open(scene, name, who.version);
    client.send(connectPacket(who));
    const { header, body } = await client.receive();
    assertEqual('type and reason of CONNACK', [header, body[0], body[1]], [HEADERS.connack, 0, 0]);
    if (filters.length > 0) await client.subscribe(filters);
    return client;
  }

  send(bytes: Uint8Array): this {
    this.socket.sendBytes(bytes);
    return this;
  }

  /** MQ14. @returns the codes of SUBACK. @throws Failed */
  async subscribe(filters: readonly string[], options = 0): Promise<number[]> {
    const id = this.#nextId();
    this.send(mqttPacket(HEADERS.subscribe, id, ...this.#properties, ...filters.flatMap((filter) => [filter, options])));
    const { body } = await this.receiveAnswer(HEADERS.suback);
    assertThat(body.subarray(0, 2).equals(id), 'SUBACK has the packet id of SUBSCRIBE');
    return [...body.subarray(this.#version === 5 ? 3 : 2)];
  }

  /** MQ15. @throws Failed */
  async unsubscribe(filter: string): Promise<void> {
    const id = this.#nextId();
    this.send(mqttPacket(HEADERS.unsubscribe, id, ...this.#properties, filter));
    const { body } = await this.receiveAnswer(HEADERS.unsuback);
    assertThat(body.subarray(0, 2).equals(id), 'UNSUBACK has the packet id of UNSUBSCRIBE');
  }

  /** MQ16: QoS 0. @param properties of version 5.0. */
  publish(topic: string, payload: string | Uint8Array, isRetained = false, properties?: Uint8Array): this {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const all = this.#version === 4 ? [] : properties === undefined ? [0] : [properties.length, properties];
    return this.send(mqttPacket(HEADERS.publish + (isRetained ? 1 : 0), topic, ...all, bytes));
  }

  /** MQ16: QoS 1 or 2, in version 3.1.1. */
  publishWithId(topic: string, payload: string, quality: 1 | 2, id: number): this {
    return this.send(mqttPacket(HEADERS.publish + 2 * quality, topic, uint16(id), Buffer.from(payload)));
  }

  /** The next packet. @throws Failed */
  async receive(): Promise<MqttPacket> {
    const early = this.#early.shift();
    if (early !== undefined) return early;
    for (let packet = this.#take(); ; packet = this.#take()) {
      if (packet !== undefined) return packet;
      const { bytes } = await this.socket.receiveRaw();
      if (bytes === undefined) throw new Failed(`${this.socket.name} received a text frame`);
      this.#rest = Buffer.concat([this.#rest, bytes]);
    }
  }

  /** The next packet of a type. Publications before it are kept. @throws Failed */
  async receiveAnswer(header: number): Promise<MqttPacket> {
    const early: MqttPacket[] = [];
    for (;;) {
      const packet = await this.receive();
      if (packet.header === header) {
        this.#early.unshift(...early);
        return packet;
      }
      assertThat(
        (packet.header & 0xf0) === HEADERS.publish,
        `the packet ${header.toString(16)} was expected, got ${shown(packet)}`,
      );
      early.push(packet);
    }
  }

  /** Publishes a marker through `publisher`, and waits for it. @returns all publications before the marker. @throws Failed */
  async deliveriesBeforeMarker(publisher: MqttClient, topic: string): Promise<readonly MqttDelivery[]> {
    const marker = uniqueName('marker');
    publisher.publish(topic, marker);
    const deliveries: MqttDelivery[] = [];
    for (;;) {
      const delivery = this.delivery(await this.receive());
      if (delivery.payload === marker) return deliveries;
      deliveries.push(delivery);
    }
  }

  /** Reads a PUBLISH with QoS 0. @throws Failed */
  delivery({ header, body }: MqttPacket): MqttDelivery {
    assertThat((header & 0xf6) === HEADERS.publish, `PUBLISH with QoS 0 was expected, got ${shown({ header, body })}`);
    const end = 2 + body.readUInt16BE(0);
    const properties = this.#version === 5 ? 1 + (body[end] ?? 0) : 0;
    const payload = body.subarray(end + properties).toString('latin1');
    return { topic: body.subarray(2, end).toString(), payload, isRetained: (header & 1) === 1 };
  }

  get #properties(): number[] {
    return this.#version === 5 ? [0] : [];
  }

  #nextId(): Buffer {
    this.#id += 1;
    return uint16(this.#id);
  }

  #take(): MqttPacket | undefined {
    let length = 0;
    for (let digit = 0; digit < 4; digit++) {
      const byte = this.#rest[1 + digit];
      if (byte === undefined) return undefined;
      length += (byte % MORE) * MORE ** digit;
      if (byte >= MORE) continue;
      const start = 2 + digit;
      if (this.#rest.length < start + length) return undefined;
      const packet = { header: this.#rest[0] ?? 0, body: this.#rest.subarray(start, start + length) };
      this.#rest = this.#rest.subarray(start + length);
      return packet;
    }
    throw new Failed('the length of a packet has no end');
  }
}

function shown({ header, body }: MqttPacket): string {
  return `${header.toString(16)} ${body.toString('hex').slice(0, 60)}`;
}
