import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';

/** What a relay may do wrong. */
export type RelayFault =
  | 'tells nobody'
  | 'never answers a ping'
  | 'answers a ping twice'
  | 'parts from nothing'
  | 'stops at what is no text'
  | 'reads text only'
  | 'tells in binary frames'
  | 'dies of nonsense'
  | 'tells everybody'
  | 'looks names up in an object'
  | 'tells the others only'
  | 'counts who has left'
  | 'tells as often as was joined'
  | 'believes the count of others'
  | 'tells the newest first'
  | 'closes at the first nonsense'
  | 'bears nonsense for ever'
  | 'closes the others for nonsense'
  | 'never pings'
  | 'never gives up'
  | 'gives up whoever answers'
  | 'takes Trystero for the others'
  | 'has one realm'
  | 'takes every realm'
  | 'writes anew what it tells';

interface RelayClient {
  readonly socket: WebSocket;
  readonly realm: string;
  readonly topics: string[];
  receivedAt: number;
  malformed: number;
}

const MAX_MALFORMED = 50;

/** A small topic relay that keeps every rule of the suite but one. It shares no line with Signalbox. */
export class ConformingRelay {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: RelayFault | undefined;
  readonly #http = createServer((_request, response) => response.end('okay'));
  readonly #connections = new Set<Socket>();
  readonly #clients = new Set<RelayClient>();
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: RelayFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  async start(): Promise<number> {
    const sockets = new WebSocketServer({ noServer: true });
    this.#http.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/relay') !== true) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      else sockets.handleUpgrade(request, socket, head, (one) => this.#accept(one, request));
    });
    this.#http.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#pingTimer = setInterval(() => this.#pingAll(), this.#settings.ping_interval ?? 1_000);
    return (this.#http.address() as AddressInfo).port;
  }

  stop(): void {
    clearInterval(this.#pingTimer);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #accept(socket: WebSocket, { url = '' }: IncomingMessage): void {
    const keys = this.#settings.key ?? ['peerjs'];
    const realm = new URL(url, 'http://here').searchParams.get('key') ?? keys[0] ?? '';
    if (!keys.includes(realm) && this.#fault !== 'takes every realm') return socket.close(1008);
    const visitor: RelayClient = { socket, realm, topics: [], receivedAt: performance.now(), malformed: 0 };
    this.#clients.add(visitor);
    if (this.#fault !== 'counts who has left') socket.on('close', () => this.#clients.delete(visitor));
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => (visitor.receivedAt = performance.now()));
    socket.on('message', (bytes: Buffer, isBinary) => {
      visitor.receivedAt = performance.now();
      if (!(isBinary && this.#fault === 'reads text only')) this.#handleFrame(visitor, bytes.toString());
    });
  }

  #handleFrame(visitor: RelayClient, text: string): void {
    const frame = read(text);
    if (frame === undefined) return this.#handleMalformed(visitor);
    const { type, topics, topic } = frame;
    const many = Array.isArray(topics) ? topics : [topic];
    if (type === 'subscribe') this.#subscribe(visitor, many);
    if (type === 'unsubscribe') this.#unsubscribe(visitor, many);
    if (type === 'publish' && typeof topic === 'string') this.#publish(visitor, text, frame, topic);
    if (type === 'ping' && this.#fault !== 'never answers a ping') this.#send(visitor, '{"type":"pong"}');
    if (type === 'ping' && this.#fault === 'answers a ping twice') this.#send(visitor, '{"type":"pong"}');
  }

  #subscribe({ topics }: RelayClient, names: readonly unknown[]): void {
    for (const name of names) {
      if (typeof name !== 'string') {
        if (this.#fault === 'stops at what is no text') return;
        continue;
      }
      if (this.#fault === 'looks names up in an object' && name in {}) continue;
      if (!topics.includes(name) || this.#fault === 'tells as often as was joined') topics.push(name);
    }
  }

  #unsubscribe({ topics }: RelayClient, names: readonly unknown[]): void {
    if (this.#fault === 'parts from nothing') return;
    for (const name of names) if (topics.includes(String(name))) topics.splice(topics.indexOf(String(name)), 1);
  }

  #publish(from: RelayClient, text: string, frame: Record<string, unknown>, topic: string): void {
    if (this.#fault === 'tells nobody') return;
    const listeners = [...this.#clients].flatMap((one) => {
      const isNear = one.realm === from.realm || this.#fault === 'has one realm';
      const times = this.#fault === 'tells everybody' ? 1 : one.topics.filter((name) => name === topic).length;
      return isNear ? Array.from({ length: times }, () => one) : [];
    });
    const isForOthers = 'payload' in frame && Object.keys(frame).length === 3 && this.#fault !== 'takes Trystero for the others';
    const clients = this.#fault === 'believes the count of others' ? (frame['clients'] ?? listeners.length) : listeners.length;
    const counted = `${text.trimEnd().slice(0, -1)},"clients":${JSON.stringify(clients)}}`;
    const anew = JSON.stringify({ ...frame, clients });
    const whole = this.#fault === 'writes anew what it tells' ? anew : counted;
    const told = isForOthers ? JSON.stringify({ topic, payload: frame['payload'] }) : whole;
    for (const one of listeners) {
      if (one === from && (isForOthers || this.#fault === 'tells the others only')) continue;
      if (this.#fault === 'tells the newest first') this.#sendLater(one, told);
      else this.#send(one, told);
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

  #send({ socket }: RelayClient, text: string): void {
    socket.send(text, { binary: this.#fault === 'tells in binary frames' });
  }

  #handleMalformed(visitor: RelayClient): void {
    if (this.#fault === 'dies of nonsense') {
      this.crashReason = 'its process ended';
      return this.stop();
    }
    visitor.malformed++;
    const most = this.#fault === 'closes at the first nonsense' ? 0 : MAX_MALFORMED;
    if (visitor.malformed <= most || this.#fault === 'bears nonsense for ever') return;
    visitor.socket.close(1008);
    if (this.#fault === 'closes the others for nonsense') for (const { socket } of this.#clients) socket.close(1008);
  }

  #pingAll(): void {
    const { alive_timeout = Infinity } = this.#settings;
    if (this.#fault === 'never pings') return;
    for (const { socket, receivedAt } of this.#clients) {
      const isSilent = performance.now() - receivedAt > alive_timeout;
      if (isSilent && this.#fault !== 'never gives up') socket.close(4002);
      else if (this.#fault === 'gives up whoever answers') setTimeout(() => socket.close(4002), alive_timeout);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
