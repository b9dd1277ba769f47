import { generate, parser, type IConnectPacket, type IPublishPacket, type ISubscribePacket, type Packet } from 'mqtt-packet';
import type { WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

/** The fault of the server. */
export type MqttFault =
  | 'grants no subprotocol'
  | 'sends text frames'
  | 'reads each frame by itself'
  | 'reads one packet of each frame'
  | 'claims to keep the session'
  | 'refuses version 5.0'
  | 'ignores PINGREQ'
  | 'ignores the keep alive'
  | 'closes clients that keep alive'
  | 'delivers to similar topics'
  | 'delivers nothing'
  | 'reads + as #'
  | 'reads # as +'
  | 'reads a leading + as #'
  | 'omits the parent of #'
  | 'acknowledges one filter'
  | 'ignores UNSUBSCRIBE'
  | 'ignores unknown UNSUBSCRIBE'
  | 'ignores QoS 1'
  | 'publishes QoS 2 again'
  | 'cuts large publications'
  | 'reads payloads as text'
  | 'reorders publications'
  | 'marks live publications as retained'
  | 'does not deliver to the publisher'
  | 'ignores no-local'
  | 'retains nothing'
  | 'retains the first publication'
  | 'does not delete retained publications'
  | 'drops properties'
  | 'serves clients that have not connected'
  | 'ignores the name of the protocol'
  | 'ignores the reserved flag'
  | 'accepts any version'
  | 'accepts any client id'
  | 'allows a second CONNECT'
  | 'keeps both clients of an id'
  | 'reads behind DISCONNECT'
  | 'ignores malformed packets'
  | 'closes all clients after a malformed packet'
  | 'publishes no will'
  | 'publishes every will'
  | 'delivers to every member'
  | 'delivers to the first member'
  | 'mixes share names'
  | 'keeps members that unsubscribe'
  | 'sends retained publications to members'
  | 'accepts no-local of members';

interface Client {
  readonly socket: WebSocket;
  readonly filters: Map<string, { readonly isNoLocal: boolean }>;
  readonly released: Set<number>;
  connect: IConnectPacket | undefined;
  version: 4 | 5;
  isDone: boolean;
  receivedAt: number;
}

const LARGE = 10_000;
const SHARED = /^\$share\/([^/]+)\/(.+)$/;

/** A small MQTT broker with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingMqtt {
  crashReason: string | undefined;
  readonly #fault: MqttFault | undefined;
  readonly #server = new LoopbackServer();
  readonly #clients = new Set<Client>();
  readonly #retained = new Map<string, IPublishPacket>();
  readonly #delayed: (() => void)[] = [];
  #turn = 0;

  constructor(_settings: Settings, fault?: MqttFault) {
    this.#fault = fault;
  }

  start(): Promise<number> {
    const subprotocol = this.#fault === 'grants no subprotocol' ? undefined : 'mqtt';
    return this.#server.start({ path: '/mqtt', accept: (one) => this.#accept(one), subprotocol });
  }

  stop(): void {
    this.#server.stop();
  }

  #accept(socket: WebSocket): void {
    const client: Client = {
      ...{ socket, filters: new Map(), released: new Set<number>(), connect: undefined, version: 4, isDone: false },
      receivedAt: Date.now(),
    };
    let reader = this.#reader(client);
    socket.on('close', () => this.#closed(client));
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes: Buffer) => {
      if (this.#fault === 'reads each frame by itself') reader = this.#reader(client);
      const piece = this.#fault === 'reads one packet of each frame' ? firstPacket(bytes) : bytes;
      client.receivedAt = Date.now();
      this.#check(client, piece);
      if (!client.isDone || this.#fault === 'reads behind DISCONNECT') reader.parse(piece);
    });
  }

  #reader(client: Client): ReturnType<typeof parser> {
    const reader = parser({ protocolVersion: client.version });
    reader.on('packet', (packet) => this.#packet(client, packet));
    reader.on('error', ({ message }: Error) =>
      client.connect === undefined ? this.#refuse(client, message) : this.#malformed(client),
    );
    return reader;
  }

  /** Checks that the parser does not make. */
  #check(client: Client, bytes: Buffer): void {
    if (client.connect === undefined || bytes.length < 2) return;
    const isNoUtf8 = bytes[0] === 0x30 && bytes[3] === 1 && bytes[4] === 0xff;
    if (bytes[0] === 0 || isNoUtf8) this.#malformed(client);
  }

  #packet(client: Client, packet: Packet): void {
    if (client.isDone && this.#fault !== 'reads behind DISCONNECT') return;
    if (packet.cmd === 'connect') return this.#connect(client, packet);
    if (client.connect === undefined && this.#fault !== 'serves clients that have not connected') return this.#end(client);
    switch (packet.cmd) {
      case 'subscribe':
        return this.#subscribe(client, packet);
      case 'unsubscribe': {
        const isKnown = packet.unsubscriptions.every((filter) => client.filters.has(filter));
        if (!isKnown && this.#fault === 'ignores unknown UNSUBSCRIBE') return;
        for (const filter of packet.unsubscriptions) {
          const isKept = this.#fault === 'keeps members that unsubscribe' && SHARED.test(filter);
          if (this.#fault !== 'ignores UNSUBSCRIBE' && !isKept) client.filters.delete(filter);
        }
        return this.#send(client, {
          cmd: 'unsuback',
          messageId: packet.messageId,
          granted: packet.unsubscriptions.map(() => 0),
        } as Packet);
      }
      case 'publish':
        return this.#published(client, packet);
      case 'pubrel':
        client.released.delete(packet.messageId ?? 0);
        return this.#send(client, { cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
      case 'pingreq':
        return this.#fault === 'ignores PINGREQ' ? undefined : this.#send(client, { cmd: 'pingresp' });
      case 'disconnect':
        if (this.#fault !== 'publishes every will') client.connect = withoutWill(client.connect);
        return this.#end(client);
      default:
        return this.#malformed(client);
    }
  }

  #connect(client: Client, packet: IConnectPacket): void {
    if (client.connect !== undefined) return this.#fault === 'allows a second CONNECT' ? undefined : this.#end(client);
    client.version = packet.protocolVersion === 5 ? 5 : 4;
    const answer = (code: number): void =>
      this.#send(client, { cmd: 'connack', sessionPresent: false, returnCode: code, reasonCode: code });
    if (client.version === 5 && this.#fault === 'refuses version 5.0') answer(0x84);
    else if (packet.clientId === '' && packet.clean !== true && this.#fault !== 'accepts any client id') answer(2);
    else {
      client.connect = packet;
      this.#clients.add(client);
      this.#watch(client, 1_500 * (packet.keepalive ?? 0));
      const others = [...this.#clients].filter(
        (one) => one !== client && one.connect?.clientId === packet.clientId && packet.clientId !== '',
      );
      if (this.#fault !== 'keeps both clients of an id') for (const other of others) this.#end(other);
      const isKept = packet.clean !== true && this.#fault === 'claims to keep the session';
      return this.#send(client, { cmd: 'connack', sessionPresent: isKept, returnCode: 0, reasonCode: 0 });
    }
    this.#end(client);
  }

  #watch(client: Client, longest: number): void {
    if (longest === 0 || this.#fault === 'ignores the keep alive') return;
    const connectedAt = Date.now();
    const timer = setInterval(() => {
      const from = this.#fault === 'closes clients that keep alive' ? connectedAt : client.receivedAt;
      if (Date.now() - from >= longest) this.#end(client);
    }, 50);
    client.socket.on('close', () => clearInterval(timer));
  }

  #subscribe(client: Client, { messageId, subscriptions }: ISubscribePacket): void {
    const isBad = subscriptions.some(
      ({ topic }) => !/^(?:[^+#]*|(?:(?:\+|[^/+#]*)(?:\/|$))*#?)$/.test(topic) || /#./.test(topic),
    );
    const isLocal =
      this.#fault !== 'accepts no-local of members' && subscriptions.some((one) => SHARED.test(one.topic) && one.nl);
    if (isBad || isLocal || messageId === 0 || subscriptions.length === 0) return this.#malformed(client);
    for (const { topic, nl = false } of subscriptions) client.filters.set(topic, { isNoLocal: nl });
    const granted = subscriptions.map(() => 0);
    this.#send(client, {
      cmd: 'suback',
      messageId,
      granted: this.#fault === 'acknowledges one filter' ? [0] : granted,
    } as Packet);
    for (const [topic, packet] of this.#retained) {
      const filters = subscriptions.map((one) => one.topic);
      const told = this.#fault === 'sends retained publications to members' ? filters.map(plain) : filters;
      if (told.some((filter) => this.#matches(filter, topic))) this.#send(client, { ...packet, retain: true });
    }
  }

  #published(client: Client, packet: IPublishPacket): void {
    if (/[+#]/.test(packet.topic)) return this.#malformed(client);
    const { messageId = 0, qos } = packet;
    const isAgain = qos === 2 && client.released.has(messageId);
    if (qos === 2) client.released.add(messageId);
    if (!isAgain || this.#fault === 'publishes QoS 2 again') this.#publish(packet, client);
    if (qos === 1 && this.#fault !== 'ignores QoS 1') this.#send(client, { cmd: 'puback', messageId });
    if (qos === 2) this.#send(client, { cmd: 'pubrec', messageId });
  }

  #publish(packet: IPublishPacket, from: Client | undefined): void {
    const { topic } = packet;
    const bytes = Buffer.from(packet.payload);
    const cut = this.#fault === 'cuts large publications' && bytes.length > LARGE ? bytes.subarray(0, LARGE) : bytes;
    const payload = this.#fault === 'reads payloads as text' ? Buffer.from(cut.toString()) : cut;
    const properties = this.#fault === 'drops properties' ? {} : packet.properties;
    const told: IPublishPacket = {
      cmd: 'publish',
      topic,
      payload,
      qos: 0,
      dup: false,
      retain: false,
      ...(properties && { properties }),
    };
    if (packet.retain) this.#retain(told);
    if (this.#fault === 'delivers nothing') return;
    const retain = this.#fault === 'marks live publications as retained' && packet.retain;
    for (const client of this.#clients) {
      const filters = [...client.filters].filter(([filter]) => this.#matches(filter, topic));
      const isOwn = client === from;
      const isKept = this.#fault === 'ignores no-local' || !isOwn || filters.some(([, { isNoLocal }]) => !isNoLocal);
      if (filters.length === 0 || !isKept || (isOwn && this.#fault === 'does not deliver to the publisher')) continue;
      this.#deliver(client, { ...told, retain });
    }
    this.#share({ ...told, retain });
  }

  /** One member of each share name and filter receives it. */
  #share(packet: IPublishPacket): void {
    const groups = new Map<string, Client[]>();
    for (const client of this.#clients) {
      for (const filter of client.filters.keys()) {
        if (!SHARED.test(filter) || !this.#matches(plain(filter), packet.topic)) continue;
        const key = this.#fault === 'mixes share names' ? plain(filter) : filter;
        groups.set(key, [...(groups.get(key) ?? []), client]);
      }
    }
    for (const members of groups.values()) {
      const turn = this.#fault === 'delivers to the first member' ? 0 : this.#turn++ % members.length;
      const chosen = this.#fault === 'delivers to every member' ? members : members.slice(turn, turn + 1);
      for (const client of chosen) this.#deliver(client, packet);
    }
  }

  #retain(packet: IPublishPacket): void {
    if (this.#fault === 'retains nothing') return;
    if (packet.payload.length === 0) {
      if (this.#fault !== 'does not delete retained publications') this.#retained.delete(packet.topic);
      return;
    }
    const isFirst = !this.#retained.has(packet.topic);
    if (isFirst || this.#fault !== 'retains the first publication') this.#retained.set(packet.topic, packet);
  }

  #matches(filter: string, topic: string): boolean {
    if (this.#fault === 'delivers to similar topics' && filter.toLowerCase() === topic.trim().toLowerCase()) return true;
    if (this.#fault === 'reads + as #' && filter.endsWith('/+')) return this.#matches(filter.replace(/\+$/, '#'), topic);
    if (this.#fault === 'reads a leading + as #' && filter.startsWith('+/')) return topic.endsWith(filter.slice(1));
    if (this.#fault === 'reads # as +' && filter.endsWith('#')) return topic.startsWith(filter.slice(0, -2));
    const [levels, names] = [filter.split('/'), topic.split('/')];
    for (const [at, level] of levels.entries()) {
      if (level === '#') return names.length >= at + (this.#fault === 'omits the parent of #' ? 1 : 0);
      if (at >= names.length || (level !== '+' && level !== names[at])) return false;
    }
    return levels.length === names.length;
  }

  #deliver(client: Client, packet: IPublishPacket): void {
    if (this.#fault !== 'reorders publications') return this.#send(client, packet);
    this.#delayed.unshift(() => this.#send(client, packet));
    if (this.#delayed.length === 1) setTimeout(() => this.#delayed.splice(0).forEach((send) => send()), 30);
  }

  #malformed(client: Client): void {
    if (this.#fault === 'ignores malformed packets') return;
    this.#end(client);
    if (this.#fault === 'closes all clients after a malformed packet') for (const other of this.#clients) this.#end(other);
  }

  /** The parser has not read the first packet. */
  #refuse(client: Client, why: string): void {
    const isVersion = why.includes('version');
    if (isVersion && this.#fault === 'accepts any version') return;
    if (why.includes('protocolId') && this.#fault === 'ignores the name of the protocol') return;
    if (why.includes('bit 0') && this.#fault === 'ignores the reserved flag') return;
    if (isVersion) this.#send(client, { cmd: 'connack', sessionPresent: false, returnCode: 1 });
    this.#end(client);
  }

  #end(client: Client): void {
    client.isDone = true;
    client.socket.close();
  }

  #closed(client: Client): void {
    this.#clients.delete(client);
    const { will } = client.connect ?? {};
    client.connect = undefined;
    if (will === undefined || this.#fault === 'publishes no will') return;
    this.#publish(
      { cmd: 'publish', topic: will.topic, payload: will.payload, qos: 0, dup: false, retain: will.retain ?? false },
      undefined,
    );
  }

  #send({ socket, version }: Client, packet: Packet): void {
    socket.send(generate(packet, { protocolVersion: version }), { binary: this.#fault !== 'sends text frames' });
  }
}

/** The filter behind a share name. */
function plain(filter: string): string {
  return SHARED.exec(filter)?.[2] ?? filter;
}

function withoutWill(packet: IConnectPacket | undefined): IConnectPacket | undefined {
  return packet && ({ ...packet, will: undefined } as unknown as IConnectPacket);
}

/** Frames of the suite are shorter than 128 bytes where it matters. */
function firstPacket(bytes: Buffer): Buffer {
  return bytes.length > 1 && (bytes[1] ?? 0) < 128 ? bytes.subarray(0, 2 + (bytes[1] ?? 0)) : bytes;
}
