import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

/** The fault of the server. */
export type SupabaseFault =
  | 'answers version 1 with lists'
  | 'answers version 2 with objects'
  | 'delivers nothing'
  | 'delivers to similar channels'
  | 'omits postgres_changes'
  | 'does not end the first of two joins'
  | 'closes after a refused join'
  | 'ignores leave'
  | 'sends no phx_close'
  | 'delivers broadcasts of strangers'
  | 'answers no heartbeats'
  | 'serializes payloads again'
  | 'separates the versions'
  | 'drops bytes'
  | 'reorders broadcasts'
  | 'delivers twice'
  | 'cuts large broadcasts'
  | 'always returns broadcasts'
  | 'never returns broadcasts'
  | 'never confirms'
  | 'always confirms'
  | 'publishes the first message only'
  | 'does not decode paths'
  | 'reads every body as JSON'
  | 'accepts any body'
  | 'allows no headers'
  | 'ignores presence'
  | 'sends no presence state'
  | 'sends an empty presence state'
  | 'sends no presence diff'
  | 'ignores untrack'
  | 'keeps presences of channels that were left'
  | 'keeps presences of lost clients'
  | 'keeps the first of two presences'
  | 'keeps one presence for each key'
  | 'always sends presence'
  | 'ignores postgres_changes'
  | 'ignores replay'
  | 'allows long channels'
  | 'closes after an unreadable frame'
  | 'closes all clients after an unreadable frame';

interface Channel {
  readonly joinRef: string | null;
  readonly self: boolean;
  readonly ack: boolean;
  readonly key: string;
  readonly hasPresence: boolean;
  /** The presence of the client; undefined for none. */
  presence: (Members & { readonly phx_ref: string }) | undefined;
}

interface Client {
  readonly socket: WebSocket;
  readonly isOld: boolean;
  /** By topic. */
  readonly channels: Map<string, Channel>;
}

type Members = Readonly<Record<string, unknown>>;

interface Message {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: Members;
}

/** A broadcast: JSON as it was written, or bytes. */
interface Broadcast {
  readonly event: string;
  readonly json: string | undefined;
  readonly bytes: Buffer;
}

const MAX_TOPIC_BYTES = 255;
const LARGE = 10_000;
const PATH = '/realtime/v1';

/** A small Supabase Realtime server with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingSupabase {
  crashReason: string | undefined;
  readonly #fault: SupabaseFault | undefined;
  readonly #server = new LoopbackServer((request, response) => this.#serve(request, response));
  readonly #clients = new Set<Client>();
  readonly #delayed: (() => void)[] = [];
  #presences = 0;

  constructor(_: Settings, fault?: SupabaseFault) {
    this.#fault = fault;
  }

  start(): Promise<number> {
    return this.#server.start({
      path: `${PATH}/websocket`,
      accept: (one, { url }) => this.#accept(one, url?.includes('vsn=1') === true),
    });
  }

  stop(): void {
    this.#server.stop();
  }

  #accept(socket: WebSocket, isOld: boolean): void {
    const client: Client = { socket, isOld, channels: new Map() };
    this.#clients.add(client);
    socket.on('close', () => this.#end(client));
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes: Buffer, isBinary) => {
      const message = isBinary ? undefined : textMessage(bytes.toString(), isOld);
      const push = isBinary ? binaryPush(bytes) : undefined;
      if (push !== undefined) this.#publish(client, push, push.broadcast);
      else if (message === undefined) this.#unreadable(client);
      else this.#handle(client, message, bytes.toString());
    });
  }

  #handle(client: Client, message: Message, written: string): void {
    const { topic, event, payload } = message;
    if (topic === 'phoenix') return this.#fault === 'answers no heartbeats' ? undefined : this.#ok(client, message);
    if (event === 'phx_join') return this.#join(client, message);
    const channel = client.channels.get(topic);
    if (event === 'broadcast') {
      // The payload is the last member of a broadcast of the suite.
      const json = written.slice(written.lastIndexOf('"payload":', written.length) + 10, client.isOld ? undefined : -2);
      const whole = client.isOld ? JSON.stringify(payload['payload']) : json;
      return this.#publish(client, message, { event: String(payload['event']), json: whole, bytes: Buffer.from('') });
    }
    if (channel === undefined) return this.#error(client, message, 'unmatched topic');
    if (event === 'presence') {
      if (this.#fault === 'ignores presence') return;
      this.#ok(client, message);
      return this.#track(channel, message);
    }
    if (event !== 'phx_leave') return this.#error(client, message, 'unknown event');
    if (this.#fault !== 'ignores leave') client.channels.delete(topic);
    if (this.#fault !== 'keeps presences of channels that were left') this.#change(topic, channel, undefined);
    this.#ok(client, message);
    if (this.#fault !== 'sends no phx_close') this.#close(client, topic, channel);
  }

  #join(client: Client, message: Message): void {
    const { topic, ref } = message;
    const config = isObject(message.payload['config']) ? message.payload['config'] : {};
    const broadcast = isObject(config['broadcast']) ? config['broadcast'] : {};
    const changes = config['postgres_changes'];
    if ('replay' in broadcast) return this.#fault === 'ignores replay' ? undefined : this.#error(client, message, 'no replay');
    const asksChanges = Array.isArray(changes) && changes.length > 0;
    const isLong = Buffer.byteLength(topic) > MAX_TOPIC_BYTES && this.#fault !== 'allows long channels';
    const isRefused = !topic.startsWith('realtime:') || isLong || (asksChanges && this.#fault !== 'ignores postgres_changes');
    if (isRefused) {
      this.#error(client, message, 'refused');
      if (this.#fault === 'closes after a refused join') client.socket.close();
      return;
    }
    const before = client.channels.get(topic);
    if (before !== undefined && this.#fault !== 'does not end the first of two joins') this.#close(client, topic, before);
    const { key, enabled } = isObject(config['presence']) ? config['presence'] : {};
    client.channels.set(topic, {
      ...{ joinRef: ref, self: broadcast['self'] === true, ack: broadcast['ack'] === true, presence: undefined },
      key: typeof key === 'string' && key !== '' ? key : `key ${++this.#presences}`,
      hasPresence: enabled === true || this.#fault === 'always sends presence',
    });
    this.#ok(client, message, this.#fault === 'omits postgres_changes' ? {} : { postgres_changes: [] });
    if (enabled === true && this.#fault !== 'sends no presence state') this.#sendState(client, topic);
  }

  #end(client: Client): void {
    this.#clients.delete(client);
    if (this.#fault === 'keeps presences of lost clients') return;
    for (const [topic, channel] of client.channels) this.#change(topic, channel, undefined);
  }

  #track(channel: Channel, { topic, payload: { event, payload } }: Message): void {
    if (event === 'untrack' && this.#fault === 'ignores untrack') return;
    const members = isObject(payload) ? payload : {};
    this.#change(topic, channel, event === 'track' ? { ...members, phx_ref: `ref ${++this.#presences}` } : undefined);
  }

  #change(topic: string, channel: Channel, presence: Channel['presence']): void {
    const before = this.#fault === 'keeps the first of two presences' && presence !== undefined ? undefined : channel.presence;
    channel.presence = presence;
    const [joins, leaves] = [presence, before].map((one) => (one === undefined ? {} : { [channel.key]: { metas: [one] } }));
    if ((presence ?? before) === undefined || this.#fault === 'sends no presence diff') return;
    const diff = { joinRef: null, ref: null, topic, event: 'presence_diff', payload: { joins, leaves } };
    for (const client of this.#clients) if (client.channels.get(topic)?.hasPresence === true) this.#send(client, diff);
  }

  #sendState(client: Client, topic: string): void {
    const state: Record<string, { metas: object[] }> = {};
    for (const { channels } of this.#fault === 'sends an empty presence state' ? [] : this.#clients) {
      const { key = '', presence } = channels.get(topic) ?? {};
      if (presence === undefined) continue;
      const others = this.#fault === 'keeps one presence for each key' ? [] : (state[key]?.metas ?? []);
      state[key] = { metas: [...others, presence] };
    }
    this.#send(client, { joinRef: null, ref: null, topic, event: 'presence_state', payload: state });
  }

  #publish(client: Client, message: Omit<Message, 'payload' | 'event'>, broadcast: Broadcast): void {
    const channel = client.channels.get(message.topic);
    if (channel === undefined) {
      if (this.#fault === 'delivers broadcasts of strangers') this.#deliverAll(message.topic, broadcast);
      return this.#error(client, message, 'unmatched topic');
    }
    const isSelf = (channel.self || this.#fault === 'always returns broadcasts') && this.#fault !== 'never returns broadcasts';
    this.#deliverAll(message.topic, broadcast, isSelf ? undefined : client, client.isOld);
    if ((channel.ack || this.#fault === 'always confirms') && this.#fault !== 'never confirms') this.#ok(client, message);
  }

  #deliverAll(topic: string, broadcast: Broadcast, except?: Client, isOld?: boolean): void {
    if (this.#fault === 'delivers nothing') return;
    for (const client of this.#clients) {
      const isNear = [...client.channels.keys()].find((name) => near(name) === near(topic));
      const name = this.#fault === 'delivers to similar channels' ? isNear : client.channels.has(topic) ? topic : undefined;
      if (name === undefined || client === except) continue;
      if (this.#fault === 'separates the versions' && isOld !== undefined && isOld !== client.isOld) continue;
      this.#deliver(client, name, broadcast);
      if (this.#fault === 'delivers twice') this.#deliver(client, name, broadcast);
    }
  }

  #deliver(client: Client, topic: string, broadcast: Broadcast): void {
    if (this.#fault !== 'reorders broadcasts') return this.#push(client, topic, broadcast);
    this.#delayed.unshift(() => this.#push(client, topic, broadcast));
    if (this.#delayed.length === 1) setTimeout(() => this.#delayed.splice(0).forEach((send) => send()), 30);
  }

  #push({ socket, isOld }: Client, topic: string, { event, json, bytes }: Broadcast): void {
    if (json === undefined) {
      if (isOld || this.#fault === 'drops bytes') return;
      const [name, text] = [Buffer.from(topic), Buffer.from(event)];
      return socket.send(Buffer.concat([Uint8Array.of(4, name.length, text.length, 0, 0), name, text, bytes]));
    }
    const again = this.#fault === 'serializes payloads again' ? JSON.stringify(JSON.parse(json)) : json;
    const payload = this.#fault === 'cuts large broadcasts' && again.length > LARGE ? '{}' : again;
    const inner = `{"type":"broadcast","event":${JSON.stringify(event)},"payload":${payload}}`;
    const where = JSON.stringify(topic);
    socket.send(
      isOld
        ? `{"topic":${where},"event":"broadcast","payload":${inner},"ref":null}`
        : `[null,null,${where},"broadcast",${inner}]`,
    );
  }

  #close(client: Client, topic: string, { joinRef }: Channel): void {
    this.#send(client, { joinRef, ref: joinRef, topic, event: 'phx_close', payload: {} });
  }

  #ok(client: Client, message: Omit<Message, 'payload' | 'event'>, response: Members = {}): void {
    this.#send(client, { ...message, event: 'phx_reply', payload: { status: 'ok', response } });
  }

  #error(client: Client, message: Omit<Message, 'payload' | 'event'>, reason: string): void {
    this.#send(client, { ...message, event: 'phx_reply', payload: { status: 'error', response: { reason } } });
  }

  #send({ socket, isOld }: Client, { joinRef, ref, topic, event, payload }: Message): void {
    const fault = isOld ? 'answers version 1 with lists' : 'answers version 2 with objects';
    const isObjectForm = isOld !== (this.#fault === fault);
    socket.send(
      JSON.stringify(isObjectForm ? { topic, event, payload, ref, join_ref: joinRef } : [joinRef, ref, topic, event, payload]),
    );
  }

  #unreadable(client: Client): void {
    if (this.#fault === 'closes after an unreadable frame') client.socket.close(1007);
    if (this.#fault !== 'closes all clients after an unreadable frame') return;
    for (const { socket } of this.#clients) socket.close(1007);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (!pathname.startsWith(`${PATH}/api/broadcast`)) return void response.end('okay');
    if (request.method === 'OPTIONS') {
      const allowed = this.#fault === 'allows no headers' ? '' : (request.headers['access-control-request-headers'] ?? '');
      return void response.writeHead(204, { 'access-control-allow-headers': allowed, 'access-control-allow-origin': '*' }).end();
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isBinary =
        request.headers['content-type'] === 'application/octet-stream' && this.#fault !== 'reads every body as JSON';
      const isPublished = this.#publishBody(pathname, Buffer.concat(chunks), isBinary);
      response.writeHead(isPublished || this.#fault === 'accepts any body' ? 202 : 422).end();
    });
  }

  #publishBody(pathname: string, body: Buffer, isBinary: boolean): boolean {
    const [, topic, event] = /\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(pathname) ?? [];
    if (topic !== undefined && event !== undefined) {
      const decode = this.#fault === 'does not decode paths' ? String : decodeURIComponent;
      const json = isBinary ? undefined : body.toString();
      if (json !== undefined && parse(json) === undefined) return false;
      this.#deliverAll(`realtime:${decode(topic)}`, { event: decode(event), json, bytes: body });
      return true;
    }
    const messages = (parse(body.toString()) as Members | undefined)?.['messages'];
    if (!Array.isArray(messages) || !messages.every(isObject)) return false;
    if (!messages.every((one) => typeof one['topic'] === 'string' && typeof one['event'] === 'string')) return false;
    for (const { topic: name, event: what, payload } of this.#fault === 'publishes the first message only'
      ? messages.slice(0, 1)
      : messages) {
      const json = JSON.stringify(payload);
      this.#deliverAll(`realtime:${String(name)}`, { event: String(what), json, bytes: Buffer.from('') });
    }
    return true;
  }
}

function near(topic: string): string {
  return topic.trim().toLowerCase().replace(/\/$/, '');
}

function textMessage(text: string, isOld: boolean): Message | undefined {
  const value = parse(text);
  const [joinRef = null, ref = null, topic, event, payload] =
    isOld && isObject(value)
      ? [value['join_ref'], value['ref'], value['topic'], value['event'], value['payload']]
      : Array.isArray(value)
        ? (value as unknown[])
        : [];
  if (typeof topic !== 'string' || typeof event !== 'string' || !isObject(payload)) return undefined;
  return { joinRef: joinRef as string | null, ref: ref as string | null, topic, event, payload };
}

/** `03`, five lengths, the encoding, five texts and the payload. */
function binaryPush(bytes: Buffer): (Omit<Message, 'payload' | 'event'> & { readonly broadcast: Broadcast }) | undefined {
  if (bytes[0] !== 3 || bytes.length < 7) return undefined;
  let at = 7;
  const [joinRef = '', ref = '', topic = '', event = ''] = [...bytes.subarray(1, 6)].map((length) =>
    bytes.toString('utf8', at, (at += length)),
  );
  if (at > bytes.length) return undefined;
  const payload = bytes.subarray(at);
  const json = bytes[6] === 1 ? payload.toString() : undefined;
  if (json !== undefined && parse(json) === undefined) return undefined;
  return { joinRef: joinRef || null, ref: ref || null, topic, broadcast: { event, json, bytes: payload } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
