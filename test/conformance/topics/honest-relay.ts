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

interface Visitor {
  readonly socket: WebSocket;
  readonly realm: string;
  readonly topics: string[];
  heardAt: number;
  nonsense: number;
}

const MOST_NONSENSE = 50;

/** A small topic relay that keeps every rule of the suite but one. It shares no line with Signalbox. */
export class HonestRelay {
  ending: string | undefined;
  readonly #settings: Settings;
  readonly #fault: RelayFault | undefined;
  readonly #http = createServer((_request, response) => response.end('okay'));
  readonly #connections = new Set<Socket>();
  readonly #visitors = new Set<Visitor>();
  #pinging: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: RelayFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  async starts(): Promise<number> {
    const sockets = new WebSocketServer({ noServer: true });
    this.#http.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/relay') !== true) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      else sockets.handleUpgrade(request, socket, head, (one) => this.#enters(one, request));
    });
    this.#http.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#pinging = setInterval(() => this.#pings(), this.#settings.ping_interval ?? 1_000);
    return (this.#http.address() as AddressInfo).port;
  }

  stops(): void {
    clearInterval(this.#pinging);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #enters(socket: WebSocket, { url = '' }: IncomingMessage): void {
    const keys = this.#settings.key ?? ['peerjs'];
    const realm = new URL(url, 'http://here').searchParams.get('key') ?? keys[0] ?? '';
    if (!keys.includes(realm) && this.#fault !== 'takes every realm') return socket.close(1008);
    const visitor: Visitor = { socket, realm, topics: [], heardAt: performance.now(), nonsense: 0 };
    this.#visitors.add(visitor);
    if (this.#fault !== 'counts who has left') socket.on('close', () => this.#visitors.delete(visitor));
    socket.on('error', () => socket.terminate());
    socket.on('pong', () => (visitor.heardAt = performance.now()));
    socket.on('message', (bytes: Buffer, isBinary) => {
      visitor.heardAt = performance.now();
      if (!(isBinary && this.#fault === 'reads text only')) this.#hears(visitor, bytes.toString());
    });
  }

  #hears(visitor: Visitor, text: string): void {
    const frame = read(text);
    if (frame === undefined) return this.#nonsense(visitor);
    const { type, topics, topic } = frame;
    const many = Array.isArray(topics) ? topics : [topic];
    if (type === 'subscribe') this.#joins(visitor, many);
    if (type === 'unsubscribe') this.#parts(visitor, many);
    if (type === 'publish' && typeof topic === 'string') this.#publishes(visitor, text, frame, topic);
    if (type === 'ping' && this.#fault !== 'never answers a ping') this.#tells(visitor, '{"type":"pong"}');
    if (type === 'ping' && this.#fault === 'answers a ping twice') this.#tells(visitor, '{"type":"pong"}');
  }

  #joins({ topics }: Visitor, names: readonly unknown[]): void {
    for (const name of names) {
      if (typeof name !== 'string') {
        if (this.#fault === 'stops at what is no text') return;
        continue;
      }
      if (this.#fault === 'looks names up in an object' && name in {}) continue;
      if (!topics.includes(name) || this.#fault === 'tells as often as was joined') topics.push(name);
    }
  }

  #parts({ topics }: Visitor, names: readonly unknown[]): void {
    if (this.#fault === 'parts from nothing') return;
    for (const name of names) if (topics.includes(String(name))) topics.splice(topics.indexOf(String(name)), 1);
  }

  #publishes(from: Visitor, text: string, frame: Record<string, unknown>, topic: string): void {
    if (this.#fault === 'tells nobody') return;
    const listeners = [...this.#visitors].flatMap((one) => {
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
      if (this.#fault === 'tells the newest first') this.#tellsLater(one, told);
      else this.#tells(one, told);
    }
  }

  readonly #late = new Map<Visitor, string[]>();
  #tellsLater(one: Visitor, text: string): void {
    const late = this.#late.get(one);
    if (late !== undefined) return void late.unshift(text);
    const mine = [text];
    this.#late.set(one, mine);
    setTimeout(() => {
      this.#late.delete(one);
      for (const each of mine) this.#tells(one, each);
    }, 30);
  }

  #tells({ socket }: Visitor, text: string): void {
    socket.send(text, { binary: this.#fault === 'tells in binary frames' });
  }

  #nonsense(visitor: Visitor): void {
    if (this.#fault === 'dies of nonsense') {
      this.ending = 'its process ended';
      return this.stops();
    }
    visitor.nonsense++;
    const most = this.#fault === 'closes at the first nonsense' ? 0 : MOST_NONSENSE;
    if (visitor.nonsense <= most || this.#fault === 'bears nonsense for ever') return;
    visitor.socket.close(1008);
    if (this.#fault === 'closes the others for nonsense') for (const { socket } of this.#visitors) socket.close(1008);
  }

  #pings(): void {
    const { alive_timeout = Infinity } = this.#settings;
    if (this.#fault === 'never pings') return;
    for (const { socket, heardAt } of this.#visitors) {
      const isSilent = performance.now() - heardAt > alive_timeout;
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
