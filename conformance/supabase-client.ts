import { assertMembers, assertThat, formatValue } from './assertions.ts';
import type { HttpResponse } from './client/send-request.ts';
import type { PeerClient } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';

/** The default path of a Supabase Realtime server. */
const DEFAULT_PATH = '/realtime/v1';

type Payload = Readonly<Record<string, unknown>>;

/** SB2: the version of the protocol. */
export type Version = '1.0.0' | '2.0.0';

/** A message of the server in the form of version 2.0.0. */
export interface Message {
  readonly joinRef: unknown;
  readonly ref: unknown;
  readonly topic: unknown;
  readonly event: unknown;
  readonly payload: Payload;
}

/** A broadcast: its channel without `realtime:`, event and payload. */
export type Received = readonly [channel: unknown, event: unknown, payload: unknown];

/** The request target below the path of the server. */
export function supabaseTarget(scene: Fixture, rest: string): string {
  return (scene.server.settings.supabase_path ?? DEFAULT_PATH) + rest;
}

/** SB11. @param rest the target behind `/api/broadcast`. */
export function postBroadcast(
  scene: Fixture,
  rest: string,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<HttpResponse> {
  const target = supabaseTarget(scene, `/api/broadcast${rest}${rest.includes('?') ? '&' : '?'}apikey=anon`);
  return scene.requestAt(target, { method: 'POST', headers: { apikey: 'anon', ...headers }, body });
}

/** SB8: a broadcast in a binary frame. The payload is bytes, or JSON. */
export function binaryPush(texts: readonly string[], payload: Uint8Array | string): Uint8Array {
  const all = [...texts, ''].map((text) => Buffer.from(text));
  const head = Uint8Array.of(3, ...all.map(({ length }) => length), typeof payload === 'string' ? 1 : 0);
  return Buffer.concat([head, ...all, typeof payload === 'string' ? Buffer.from(payload) : payload]);
}

/** A client with the protocol of Supabase Realtime. */
export class SupabaseClient {
  readonly socket: PeerClient;
  readonly #version: Version;
  readonly #joinRefs = new Map<string, string>();
  readonly #early: Message[] = [];
  #ref = 0;

  private constructor(socket: PeerClient, version: Version) {
    this.socket = socket;
    this.#version = version;
  }

  /** Opens a socket without any message. */
  static async open(scene: Fixture, name: string, version: Version = '2.0.0'): Promise<SupabaseClient> {
    const target = supabaseTarget(scene, `/websocket?apikey=anon&vsn=${version}`);
    return new SupabaseClient(await scene.openSocketAt(target, name), version);
  }

  /** SB3: opens a socket and joins channels. @throws Failed */
  static async join(scene: Fixture, name: string, ...channels: readonly string[]): Promise<SupabaseClient> {
    const client = await SupabaseClient.open(scene, name);
    for (const channel of channels) await client.join(channel);
    return client;
  }

  /** SB3: joins a channel. @throws Failed unless it is joined */
  async join(channel: string, config: Payload = {}): Promise<void> {
    assertMembers(`the reply to the join`, (await this.call(channel, 'phx_join', { config })).payload, { status: 'ok' });
  }

  /** Sends a message on a channel. @returns its ref. */
  send(channel: string, event: string, payload: Payload): string {
    return this.sendTo(`realtime:${channel}`, event, payload);
  }

  /** @param topic of the wire. */
  sendTo(topic: string, event: string, payload: Payload): string {
    const ref = String(++this.#ref);
    if (event === 'phx_join') this.#joinRefs.set(topic, ref);
    const joinRef = this.#joinRefs.get(topic) ?? null;
    const list = [joinRef, ref, topic, event, payload];
    this.socket.sendText(JSON.stringify(this.#version === '2.0.0' ? list : { topic, event, payload, ref, join_ref: joinRef }));
    return ref;
  }

  /** SB8: broadcasts in a text frame. */
  broadcast(channel: string, event: string, payload: unknown): string {
    return this.send(channel, 'broadcast', { type: 'broadcast', event, payload });
  }

  /** SB8: broadcasts in a binary frame. @param payload bytes, or JSON. */
  broadcastBinary(channel: string, event: string, payload: Uint8Array | string): void {
    const topic = `realtime:${channel}`;
    this.socket.sendBytes(binaryPush([this.#joinRefs.get(topic) ?? '', String(++this.#ref), topic, event], payload));
  }

  /** Sends a message and waits for its reply. Other messages before it are kept. @throws Failed */
  async call(channel: string, event: string, payload: Payload): Promise<Message> {
    return this.replyTo(this.send(channel, event, payload));
  }

  /** @throws Failed */
  async replyTo(ref: string): Promise<Message> {
    const early: Message[] = [];
    for (;;) {
      const message = await this.receive();
      if (message.event === 'phx_reply') {
        this.#early.unshift(...early);
        assertThat(message.ref === ref, `a reply: expected the ref ${ref}, got ${formatValue(message)}`);
        return message;
      }
      early.push(message);
    }
  }

  /** The next message. A binary broadcast has its bytes as a list of numbers. @throws Failed */
  async receive(): Promise<Message> {
    const early = this.#early.shift();
    if (early !== undefined) return early;
    const { text, isBinary } = await this.socket.receiveRaw();
    if (isBinary) return binaryMessage(Buffer.from(text));
    const message = JSON.parse(text) as unknown;
    if (Array.isArray(message)) {
      const [joinRef, ref, topic, event, payload] = message as [unknown, unknown, unknown, unknown, Payload];
      return { joinRef, ref, topic, event, payload };
    }
    const { join_ref: joinRef, ref, topic, event, payload } = message as Readonly<Record<string, unknown>>;
    return { joinRef, ref, topic, event, payload: payload as Payload };
  }

  /**
   * Broadcasts a marker on `channel` through `publisher`, and waits for it.
   * @returns all broadcasts before the marker
   */
  async broadcastsBeforeMarker(publisher: SupabaseClient, channel: string): Promise<readonly Received[]> {
    const marker = uniqueName('marker');
    publisher.broadcast(channel, 'marker', { marker });
    const received: Received[] = [];
    for (;;) {
      const message = await this.receive();
      if (message.event !== 'broadcast') continue;
      const { event, payload } = message.payload;
      if (event === 'marker' && (payload as Payload)['marker'] === marker) return received;
      received.push([String(message.topic).replace(/^realtime:/, ''), event, payload]);
    }
  }
}

/** SB9: `04`, lengths of topic, event and metadata, the encoding, the texts and the payload. @throws Failed */
function binaryMessage(bytes: Buffer): Message {
  const [kind, topicLength = 0, eventLength = 0, metadataLength = 0, encoding] = bytes;
  assertThat(kind === 4, `a binary frame: expected the kind 4, got ${formatValue(kind)}`);
  const [topicEnd, eventEnd] = [5 + topicLength, 5 + topicLength + eventLength];
  const rest = bytes.subarray(eventEnd + metadataLength);
  const payload: unknown = encoding === 1 ? JSON.parse(rest.toString()) : [...rest];
  const event = bytes.toString('utf8', topicEnd, eventEnd);
  return {
    joinRef: null,
    ref: null,
    topic: bytes.toString('utf8', 5, topicEnd),
    event: 'broadcast',
    payload: { event, payload },
  };
}
