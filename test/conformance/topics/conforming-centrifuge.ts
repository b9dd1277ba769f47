import type { WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

/** The fault of the server. */
export type CentrifugeFault =
  | 'sends binary frames'
  | 'ignores binary frames'
  | 'reads one command of each frame'
  | 'omits the name of a reply'
  | 'gives all clients one id'
  | 'delivers nothing'
  | 'delivers to similar channels'
  | 'refuses unknown members'
  | 'ignores unsubscribe'
  | 'refuses unknown unsubscriptions'
  | 'serializes data again'
  | 'reads null as no data'
  | 'does not deliver to the publisher'
  | 'replies before it delivers'
  | 'delivers once per subscriber and again'
  | 'reorders publications'
  | 'claims to have recovered'
  | 'ignores recovery'
  | 'gives presence another code'
  | 'lists only the client itself'
  | 'counts only the client itself'
  | 'lists clients that have left'
  | 'sends no joins'
  | 'sends no leaves'
  | 'gives history another code'
  | 'gives rpc another code'
  | 'closes after a refused channel'
  | 'omits the message of an error'
  | 'allows long channels'
  | 'refuses 255 bytes'
  | 'cuts large publications'
  | 'ignores unreadable frames'
  | 'closes all clients after an unreadable frame'
  | 'closes unreadable frames with 1003'
  | 'serves clients that have not connected'
  | 'allows a second connect'
  | 'never pings'
  | 'never closes silent clients'
  | 'closes clients that answer pings';

interface Client {
  readonly socket: WebSocket;
  readonly channels: Set<string>;
  /** Channels with pushes of joins and leaves. */
  readonly watched: Set<string>;
  id: string;
  isConnected: boolean;
  receivedAt: number;
}

type Members = Readonly<Record<string, unknown>>;

const MAX_CHANNEL_BYTES = 255;
const LARGE = 10_000;

/** A small Centrifuge server with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingCentrifuge {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: CentrifugeFault | undefined;
  readonly #server = new LoopbackServer();
  readonly #clients = new Set<Client>();
  readonly #delayed: (() => void)[] = [];
  /** Of a server that lists clients that have left. */
  readonly #left = new Set<string>();
  #count = 0;
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: CentrifugeFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  start(): Promise<number> {
    this.#pingTimer = setInterval(() => this.#pingAll(), this.#settings.ping_interval ?? 10_000);
    return this.#server.start({ path: '/connection/websocket', accept: (one) => this.#accept(one) });
  }

  stop(): void {
    clearInterval(this.#pingTimer);
    this.#server.stop();
  }

  #accept(socket: WebSocket): void {
    const client: Client = {
      socket,
      channels: new Set(),
      watched: new Set(),
      id: '',
      isConnected: false,
      receivedAt: performance.now(),
    };
    this.#clients.add(client);
    socket.on('close', () => this.#end(client));
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes: Buffer, isBinary) => {
      client.receivedAt = performance.now();
      if (isBinary && this.#fault === 'ignores binary frames') return;
      const lines = bytes.toString().replace(/\n$/, '').split('\n');
      for (const line of this.#fault === 'reads one command of each frame' ? lines.slice(0, 1) : lines) {
        if (line !== '{}') this.#command(client, line);
      }
    });
  }

  #command(client: Client, line: string): void {
    const command = read(line);
    const [name, ...more] = Object.keys(command ?? {}).filter((key) => key !== 'id');
    const parameters = name === undefined ? undefined : command?.[name];
    const id = command?.['id'];
    if (typeof id !== 'number' || name === undefined || more.length > 0 || !isObject(parameters)) return this.#unreadable(client);
    if (name === 'connect') return this.#connect(client, id);
    if (!client.isConnected && this.#fault !== 'serves clients that have not connected') return client.socket.close(3501);
    switch (name) {
      case 'subscribe':
        return this.#subscribe(client, id, parameters);
      case 'unsubscribe':
        return this.#unsubscribe(client, id, String(parameters['channel']));
      case 'publish':
        return this.#publish(client, id, line, parameters);
      case 'presence':
      case 'presence_stats':
        return this.#list(client, id, name, String(parameters['channel']));
      default:
        return this.#error(client, id, this.#fault === `gives ${name} another code` ? 100 : 108);
    }
  }

  #connect(client: Client, id: number): void {
    if (client.isConnected && this.#fault !== 'allows a second connect') return client.socket.close(3501);
    client.isConnected = true;
    const number = this.#fault === 'gives all clients one id' ? 0 : ++this.#count;
    client.id = `client ${number}`;
    this.#reply(client, id, 'connect', { client: client.id, ping: 1, pong: true });
  }

  #subscribe(client: Client, id: number, parameters: Members): void {
    const { channel, recover } = parameters;
    if (typeof channel !== 'string' || channel === '') return this.#unreadable(client);
    if ('other' in parameters && this.#fault === 'refuses unknown members') return this.#error(client, id, 107);
    const most = this.#fault === 'refuses 255 bytes' ? MAX_CHANNEL_BYTES - 1 : MAX_CHANNEL_BYTES;
    const isLong = Buffer.byteLength(channel) > (this.#fault === 'allows long channels' ? 1_000 : most);
    if (isLong && this.#fault === 'closes after a refused channel') return client.socket.close(3501);
    if (isLong) return this.#error(client, id, 107);
    const isNew = !client.channels.has(channel);
    client.channels.add(channel);
    if (parameters['join_leave'] === true) client.watched.add(channel);
    const was = recover === true && this.#fault !== 'ignores recovery' ? { was_recovering: true } : {};
    const done = recover === true && this.#fault === 'claims to have recovered' ? { recovered: true } : {};
    this.#reply(client, id, 'subscribe', { ...was, ...done });
    if (isNew) this.#announce('join', client, channel);
  }

  #unsubscribe(client: Client, id: number, channel: string): void {
    if (!client.channels.has(channel) && this.#fault === 'refuses unknown unsubscriptions') return this.#error(client, id, 102);
    if (this.#fault !== 'ignores unsubscribe') this.#leave(client, channel);
    this.#reply(client, id, 'unsubscribe', {});
  }

  #leave(client: Client, channel: string): void {
    if (!client.channels.delete(channel)) return;
    client.watched.delete(channel);
    this.#announce('leave', client, channel);
  }

  #end(client: Client): void {
    this.#clients.delete(client);
    for (const channel of client.channels) this.#leave(client, channel);
  }

  #announce(name: 'join' | 'leave', { id }: Client, channel: string): void {
    if (this.#fault === 'lists clients that have left') this.#left.add(`${channel} ${id}`);
    if (this.#fault === (name === 'join' ? 'sends no joins' : 'sends no leaves')) return;
    const push = { channel, [name]: { info: { user: '', client: id } } };
    for (const one of this.#clients) if (one.watched.has(channel)) this.#send(one, JSON.stringify({ push }));
  }

  #list(client: Client, id: number, name: 'presence' | 'presence_stats', channel: string): void {
    if (name === 'presence' && this.#fault === 'gives presence another code') return this.#error(client, id, 100);
    const fault = name === 'presence' ? 'lists only the client itself' : 'counts only the client itself';
    const all = [...this.#clients].filter((one) => one.channels.has(channel) && (this.#fault !== fault || one === client));
    const left = [...this.#left].flatMap((key) => (key.startsWith(`${channel} `) ? [key.slice(channel.length + 1)] : []));
    const ids = [...new Set([...all.map((one) => one.id), ...left])];
    if (name === 'presence_stats') return this.#reply(client, id, name, { num_clients: ids.length, num_users: 1 });
    const clients = Object.fromEntries(ids.map((one) => [one, { user: '', client: one }]));
    this.#reply(client, id, name, { presence: clients });
  }

  #publish(client: Client, id: number, line: string, { channel, ...rest }: Members): void {
    const isMissing = !('data' in rest) || (rest['data'] === null && this.#fault === 'reads null as no data');
    if (typeof channel !== 'string' || isMissing) return this.#unreadable(client);
    // The data is the last member of a publication of the suite.
    const written = line.slice(line.indexOf('"data":') + '"data":'.length, -2);
    const whole = this.#fault === 'serializes data again' ? JSON.stringify(rest['data']) : written;
    const data = this.#fault === 'cuts large publications' && whole.length > LARGE ? '[]' : whole;
    const push = `{"push":{"channel":${JSON.stringify(channel)},"pub":{"data":${data}}}}`;
    if (this.#fault === 'replies before it delivers') this.#reply(client, id, 'publish', {});
    for (const one of this.#clients) {
      const isNear = [...one.channels].some((name) => name.trim().toLowerCase() === channel.trim().toLowerCase());
      const isSubscribed = this.#fault === 'delivers to similar channels' ? isNear : one.channels.has(channel);
      const isSelf = one === client && this.#fault === 'does not deliver to the publisher';
      if (!isSubscribed || isSelf || this.#fault === 'delivers nothing') continue;
      this.#deliver(one, push);
      if (this.#fault === 'delivers once per subscriber and again') this.#deliver(one, push);
    }
    if (this.#fault !== 'replies before it delivers') this.#reply(client, id, 'publish', {});
  }

  #deliver(client: Client, push: string): void {
    if (this.#fault !== 'reorders publications') return this.#send(client, push);
    this.#delayed.unshift(() => this.#send(client, push));
    if (this.#delayed.length === 1) setTimeout(() => this.#delayed.splice(0).forEach((send) => send()), 30);
  }

  #reply(client: Client, id: number, name: string, result: object): void {
    const named = this.#fault === 'omits the name of a reply' ? {} : { [name]: result };
    this.#send(client, JSON.stringify({ id, ...named }));
  }

  #error(client: Client, id: number, code: number): void {
    const message = this.#fault === 'omits the message of an error' ? {} : { message: 'refused' };
    this.#send(client, JSON.stringify({ id, error: { code, ...message } }));
  }

  #unreadable(client: Client): void {
    if (this.#fault === 'ignores unreadable frames') return;
    client.socket.close(this.#fault === 'closes unreadable frames with 1003' ? 1003 : 3501);
    if (this.#fault !== 'closes all clients after an unreadable frame') return;
    for (const { socket } of this.#clients) socket.close(3501);
  }

  #send({ socket }: Client, text: string): void {
    socket.send(text, { binary: this.#fault === 'sends binary frames' });
  }

  #pingAll(): void {
    const { alive_timeout = Infinity } = this.#settings;
    for (const client of this.#clients) {
      const isSilent = performance.now() - client.receivedAt > alive_timeout;
      if (isSilent && this.#fault !== 'never closes silent clients') client.socket.close(3012);
      else if (this.#fault === 'closes clients that answer pings') setTimeout(() => client.socket.close(3012), alive_timeout);
      if (client.isConnected && this.#fault !== 'never pings') this.#send(client, '{}');
    }
  }
}

function read(line: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
