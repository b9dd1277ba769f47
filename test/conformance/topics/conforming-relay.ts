import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

/** The fault of the relay. */
export type RelayFault =
  | 'delivers nothing'
  | 'never answers a ping'
  | 'answers a ping twice'
  | 'ignores unsubscribe'
  | 'stops at a topic that is not a string'
  | 'ignores binary frames'
  | 'sends binary frames'
  | 'crashes on a malformed frame'
  | 'delivers to all clients'
  | 'stores topics in an object with a prototype'
  | 'does not deliver to the publisher'
  | 'counts disconnected clients'
  | 'delivers once per subscription'
  | 'relays a forged count'
  | 'reorders messages'
  | 'closes after one malformed frame'
  | 'tolerates any number of malformed frames'
  | 'closes other clients for malformed frames'
  | 'never pings'
  | 'never closes silent clients'
  | 'closes clients that answer pings'
  | 'treats Trystero like y-webrtc'
  | 'ignores realms'
  | 'accepts unknown realms'
  | 'serializes messages again'
  | 'unsubscribes all clients'
  | 'closes after an unknown unsubscription'
  | 'cannot subscribe again'
  | 'normalizes topics'
  | 'drops messages of disconnected clients'
  | 'counts lost clients'
  | 'counts pongs only'
  | 'counts written messages as life'
  | 'ignores the single topic of an unsubscription'
  | 'serializes payloads again'
  | 'parses leniently'
  | 'accepts text behind an object'
  | 'accepts NaN'
  | 'accepts bad escapes'
  | 'closes all clients for invalid UTF-8'
  | 'replaces nested counts'
  | 'parses JSON in strings'
  | 'damages characters'
  | 'drops falsy data'
  | 'turns {} into []'
  | 'turns [] into {}'
  | 'cuts large messages'
  | 'removes spaces'
  | 'closes after an unknown type'
  | 'closes after a publication without a topic'
  | 'takes an object for a list';

interface RelayClient {
  readonly socket: WebSocket;
  readonly realm: string;
  readonly topics: string[];
  receivedAt: number;
  malformed: number;
}

const MAX_MALFORMED = 50;

/** A small topic relay with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingRelay {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: RelayFault | undefined;
  readonly #server = new LoopbackServer();
  readonly #clients = new Set<RelayClient>();
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: RelayFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  start(): Promise<number> {
    this.#pingTimer = setInterval(() => this.#pingAll(), this.#settings.ping_interval ?? 1_000);
    return this.#server.start({ path: '/relay', accept: (one, request) => this.#accept(one, request) });
  }

  stop(): void {
    clearInterval(this.#pingTimer);
    this.#server.stop();
  }

  #accept(socket: WebSocket, { url = '' }: IncomingMessage): void {
    const keys = this.#settings.key ?? ['peerjs'];
    const realm = new URL(url, 'http://here').searchParams.get('key') ?? keys[0] ?? '';
    if (!keys.includes(realm) && this.#fault !== 'accepts unknown realms') return socket.close(1008);
    const client: RelayClient = { socket, realm, topics: [], receivedAt: performance.now(), malformed: 0 };
    this.#clients.add(client);
    socket.on('close', (code) => {
      const isKept = this.#fault === 'counts lost clients' && code === 1006;
      if (this.#fault !== 'counts disconnected clients' && !isKept) this.#clients.delete(client);
    });
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => (client.receivedAt = performance.now()));
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (this.#fault !== 'counts pongs only') client.receivedAt = performance.now();
      if (!(isBinary && this.#fault === 'ignores binary frames')) this.#handleFrame(client, bytes.toString());
    });
  }

  #handleFrame(client: RelayClient, text: string): void {
    const frame = this.#read(text);
    if (frame === undefined) return this.#handleMalformed(client);
    const { type, topics, topic } = frame;
    const isKnown = ['subscribe', 'unsubscribe', 'publish', 'ping'].includes(String(type));
    if (!isKnown && this.#fault === 'closes after an unknown type') return client.socket.close(1008);
    const isTopic = type !== 'publish' || typeof topic === 'string';
    if (!isTopic && this.#fault === 'closes after a publication without a topic') return client.socket.close(1008);
    if (this.#fault === 'takes an object for a list' && topics !== undefined && !Array.isArray(topics)) {
      return client.socket.close(1011);
    }
    const many = Array.isArray(topics) ? topics : [topic];
    if (type === 'subscribe') this.#subscribe(client, many);
    const isSingle = !Array.isArray(topics) && this.#fault === 'ignores the single topic of an unsubscription';
    if (type === 'unsubscribe' && !isSingle) this.#unsubscribe(client, many);
    if (type === 'publish' && typeof topic === 'string') {
      const publish = (): void => this.#publish(client, text, frame, topic);
      if (this.#fault !== 'drops messages of disconnected clients') publish();
      else setTimeout(() => void (client.socket.readyState === client.socket.OPEN && publish()), 10);
    }
    if (type === 'ping' && this.#fault !== 'never answers a ping') this.#send(client, '{"type":"pong"}');
    if (type === 'ping' && this.#fault === 'answers a ping twice') this.#send(client, '{"type":"pong"}');
  }

  /** @returns undefined if the text is not a JSON object. */
  #read(text: string): Record<string, unknown> | undefined {
    if (this.#fault === 'parses leniently') {
      return read(
        text
          .replace(/\/\*.*\*\//, '')
          .replaceAll("'", '"')
          .replace(/,\}$/, '}'),
      );
    }
    if (this.#fault === 'accepts text behind an object') return read(text.replace(/\} .*$/, '}'));
    if (this.#fault === 'accepts NaN') return read(text.replace('NaN', 'null'));
    if (this.#fault === 'accepts bad escapes') return read(text.replace('\\x', 'x'));
    if (this.#fault === 'closes all clients for invalid UTF-8' && text.includes('\ufffd')) {
      for (const { socket } of this.#clients) socket.close(1007);
    }
    return read(text);
  }

  #subscribe({ topics }: RelayClient, names: readonly unknown[]): void {
    for (const given of names) {
      const name = this.#fault === 'normalizes topics' && typeof given === 'string' ? given.normalize('NFC') : given;
      if (typeof name !== 'string') {
        if (this.#fault === 'stops at a topic that is not a string') return;
        continue;
      }
      if (this.#fault === 'cannot subscribe again' && topics.includes(`left ${name}`)) continue;
      if (this.#fault === 'stores topics in an object with a prototype' && name in {}) continue;
      if (!topics.includes(name) || this.#fault === 'delivers once per subscription') topics.push(name);
    }
  }

  #unsubscribe(client: RelayClient, names: readonly unknown[]): void {
    if (this.#fault === 'ignores unsubscribe') return;
    for (const name of names.map(String)) {
      const isKnown = [...this.#clients].some(({ topics }) => topics.includes(name));
      if (!isKnown && this.#fault === 'closes after an unknown unsubscription') client.socket.close(1011);
      for (const { topics } of this.#fault === 'unsubscribes all clients' ? this.#clients : [client]) {
        if (topics.includes(name)) topics.splice(topics.indexOf(name), 1);
        if (this.#fault === 'cannot subscribe again') topics.push(`left ${name}`);
      }
    }
  }

  #publish(from: RelayClient, text: string, frame: Record<string, unknown>, given: string): void {
    if (this.#fault === 'delivers nothing') return;
    if (this.#fault === 'drops falsy data' && 'data' in frame && !frame['data']) return;
    const topic = this.#fault === 'normalizes topics' ? given.normalize('NFC') : given;
    const subscribers = [...this.#clients].flatMap((one) => {
      const isNear = one.realm === from.realm || this.#fault === 'ignores realms';
      const times = this.#fault === 'delivers to all clients' ? 1 : one.topics.filter((name) => name === topic).length;
      return isNear ? Array.from({ length: times }, () => one) : [];
    });
    const isForOthers = 'payload' in frame && Object.keys(frame).length === 3 && this.#fault !== 'treats Trystero like y-webrtc';
    const clients = this.#fault === 'relays a forged count' ? (frame['clients'] ?? subscribers.length) : subscribers.length;
    const counted = `${text.trimEnd().slice(0, -1)},"clients":${JSON.stringify(clients)}}`;
    const reserialized = JSON.stringify({ ...frame, clients });
    const whole = this.#fault === 'serializes messages again' ? reserialized : this.#damaged(counted, clients);
    const payload = this.#fault === 'serializes payloads again' ? JSON.stringify(frame['payload']) : textOfPayload(text);
    const relayed = isForOthers ? `{"topic":${JSON.stringify(topic)},"payload":${payload}}` : whole;
    for (const one of subscribers) {
      if (one === from && (isForOthers || this.#fault === 'does not deliver to the publisher')) continue;
      if (this.#fault === 'reorders messages') this.#sendLater(one, relayed);
      else this.#send(one, relayed);
    }
  }

  /** The text of a message, with the damage of careless relays. */
  #damaged(text: string, clients: unknown): string {
    switch (this.#fault) {
      case 'replaces nested counts':
        return text.replaceAll(/"clients":\d+/g, `"clients":${JSON.stringify(clients)}`);
      case 'parses JSON in strings':
        return text.replace(/"data":("\{.*\}"),/, (_, json: string) => `"data":${JSON.parse(json) as string},`);
      case 'damages characters':
        return Buffer.from(text).toString('latin1');
      case 'turns {} into []':
        return text.replace('"data":{}', '"data":[]');
      case 'turns [] into {}':
        return text.replace('"data":[]', '"data":{}');
      case 'cuts large messages':
        return text.length > 4_096 ? '{}' : text;
      case 'removes spaces':
        return text.replaceAll(' ', '');
      default:
        return text;
    }
  }

  readonly #delayed = new Map<RelayClient, string[]>();
  #sendLater(one: RelayClient, text: string): void {
    const late = this.#delayed.get(one);
    if (late !== undefined) return void late.unshift(text);
    const mine = [text];
    this.#delayed.set(one, mine);
    setTimeout(() => {
      this.#delayed.delete(one);
      for (const each of mine) this.#send(one, each);
    }, 30);
  }

  #send(client: RelayClient, text: string): void {
    const { socket } = client;
    if (this.#fault === 'counts written messages as life') client.receivedAt = performance.now();
    socket.send(text, { binary: this.#fault === 'sends binary frames' });
  }

  #handleMalformed(client: RelayClient): void {
    if (this.#fault === 'crashes on a malformed frame') {
      this.crashReason = 'its process exited';
      return this.stop();
    }
    client.malformed++;
    const most = this.#fault === 'closes after one malformed frame' ? 0 : MAX_MALFORMED;
    if (client.malformed <= most || this.#fault === 'tolerates any number of malformed frames') return;
    client.socket.close(1008);
    if (this.#fault === 'closes other clients for malformed frames') for (const { socket } of this.#clients) socket.close(1008);
  }

  #pingAll(): void {
    const { alive_timeout = Infinity } = this.#settings;
    if (this.#fault === 'never pings') return;
    for (const { socket, receivedAt } of this.#clients) {
      const isSilent = performance.now() - receivedAt > alive_timeout;
      if (isSilent && this.#fault !== 'never closes silent clients') socket.close(4002);
      else if (this.#fault === 'closes clients that answer pings') setTimeout(() => socket.close(4002), alive_timeout);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}

/** The payload is the last member of a publication of Trystero. */
function textOfPayload(text: string): string {
  return text.trimEnd().slice(text.indexOf('"payload":') + '"payload":'.length, -1);
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
