import type { MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import { TestBroker } from './test-broker.ts';

type Payload = Readonly<Record<string, unknown>>;

/** A message to a client: the references to its join and its request, topic, event, payload. */
export type Message = readonly [joinRef: string | null, ref: string | null, topic: string, event: string, payload: Payload];

/** A message in the form of version 1.0.0. */
type OldMessage = Readonly<Record<'join_ref' | 'ref' | 'topic' | 'event', never>> & { readonly payload: Payload };

/** The options of a join. */
export interface JoinConfig {
  readonly broadcast?: Payload;
  readonly presence?: Payload;
  readonly private?: boolean;
  readonly postgres_changes?: readonly unknown[];
}

/** SB8: a broadcast in a binary frame. The payload is bytes, or JSON. */
export function binaryPush(texts: readonly string[], payload: Uint8Array | string, metadata = ''): Uint8Array {
  const all = [...texts, metadata].map((text) => Buffer.from(text));
  const head = Uint8Array.of(3, ...all.map(({ length }) => length), typeof payload === 'string' ? 1 : 0);
  return Uint8Array.from(Buffer.concat([head, ...all, Buffer.from(payload as string)]));
}

/** A client with the protocol of Supabase Realtime. Its references are 1, 2 and so on. */
export class SupabaseClient {
  readonly client: MemoryClient;
  readonly #version: 1 | 2;
  readonly #joinRefs = new Map<string, string>();
  #ref = 0;

  constructor(client: MemoryClient, version: 1 | 2 = 2) {
    this.client = client;
    this.#version = version;
  }

  /** Sends a message on a channel, with `realtime:` before its name. */
  send(name: string, event: string, payload: Payload): this {
    const [topic, ref] = [`realtime:${name}`, String(++this.#ref)];
    if (event === 'phx_join') this.#joinRefs.set(name, ref);
    const joinRef = this.#joinRefs.get(name) ?? null;
    this.client.send(
      JSON.stringify(
        this.#version === 2 ? [joinRef, ref, topic, event, payload] : { topic, event, payload, ref, join_ref: joinRef },
      ),
    );
    return this;
  }

  join(name: string, config: JoinConfig = {}, token?: string): this {
    return this.send(name, 'phx_join', { config, ...(token !== undefined && { access_token: token }) });
  }

  broadcast(name: string, event: string, payload: unknown): this {
    if (this.#version === 1) return this.send(name, 'broadcast', { type: 'broadcast', event, payload });
    const texts = [this.#joinRefs.get(name) ?? '', String(++this.#ref), `realtime:${name}`, event];
    this.client.send(binaryPush(texts, payload instanceof Uint8Array ? payload : JSON.stringify(payload)));
    return this;
  }

  /** All text messages, in the form of version 2.0.0. */
  get received(): readonly Message[] {
    return this.client.received
      .filter((text) => !text.startsWith('[binary]'))
      .map((text) => {
        const message = JSON.parse(text) as Message | OldMessage;
        return 'topic' in message ? [message.join_ref, message.ref, message.topic, message.event, message.payload] : message;
      });
  }

  get last(): Message | undefined {
    return this.received.at(-1);
  }

  /** Topic, event and payload of the broadcasts in text frames. */
  get broadcasts(): readonly (readonly [string, unknown, unknown])[] {
    const frames = this.received.filter(([, , , event]) => event === 'broadcast');
    return frames.map(([, , topic, , { event, payload }]) => [topic, event, payload]);
  }

  /** The reasons of all refused messages. */
  get refusals(): readonly unknown[] {
    return this.received.flatMap(([, , , event, { status, response }]) =>
      event === 'phx_reply' && status === 'error' ? [(response as Payload)['reason']] : [],
    );
  }

  get closeCode(): number | undefined {
    return this.client.closed?.code;
  }
}

/** A broker that serves Supabase Realtime. Its ids are id1, id2 and so on. */
export class SupabaseBroker extends TestBroker {
  constructor(config: Partial<Config> = {}, surroundings: Partial<BrokerEnvironment> = {}) {
    let count = 0;
    super({ dialects: ['supabase'], ...config }, { peerIds: { generate: () => `id${++count}` }, ...surroundings });
  }

  /** A WebSocket without any message. */
  open(query = 'apikey=anon&vsn=2.0.0', version: 1 | 2 = 2): SupabaseClient {
    return new SupabaseClient(this.transport.connect({ path: '/realtime/v1/websocket', query }), version);
  }

  /** A client that has joined channels. */
  join(...names: readonly string[]): SupabaseClient {
    const client = this.open();
    for (const name of names) client.join(name);
    return client;
  }

  /** SB11. @returns status and body. */
  post(
    path: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): readonly [number | undefined, string] {
    const exchange = this.transport.request('POST', `/realtime/v1/api/broadcast${path}`, { body, headers });
    this.transport.settle();
    return [exchange.answered?.status, exchange.answered?.body ?? ''];
  }
}
