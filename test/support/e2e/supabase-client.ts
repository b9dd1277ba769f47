import {
  createClient,
  type RealtimeChannel,
  type RealtimeChannelOptions,
  type SupabaseClient,
  type WebSocketLikeConstructor,
} from '@supabase/supabase-js';
import { WebSocket } from 'ws';
import { until, within } from './until.ts';

const TIMEOUT_MS = 60_000;

/** The address of a broker on loopback. */
interface Place {
  readonly host: string;
  readonly port: number;
}

interface UserOptions {
  readonly vsn?: '1.0.0' | '2.0.0';
  /** The key of the page. */
  readonly apikey?: string;
  /** Fetches the token of the user. */
  readonly accessToken?: () => Promise<string>;
  readonly params?: Readonly<Record<string, string>>;
  readonly heartbeatIntervalMs?: number;
}

type Config = RealtimeChannelOptions['config'];

/** The official client of Supabase in Node. */
export class SupabaseUser {
  readonly client: SupabaseClient;
  /** Channel, event and payload of all broadcasts. Bytes are a `Uint8Array`. */
  readonly received: (readonly [string, string, unknown])[] = [];

  constructor({ host, port }: Place, { apikey = 'anon', accessToken, ...realtime }: UserOptions = {}) {
    const auth = { persistSession: false, autoRefreshToken: false };
    // Node 20 has no WebSocket of its own.
    const transport = WebSocket as unknown as WebSocketLikeConstructor;
    const reconnectAfterMs = (): number => 200;
    this.client = createClient(`http://${host}:${port}`, apikey, {
      ...{ realtime: { ...realtime, transport, reconnectAfterMs } },
      ...(accessToken === undefined ? { auth } : { accessToken }),
    });
  }

  /** Joins a channel, and waits until the server confirms it. */
  async join(name: string, config: Config = {}): Promise<RealtimeChannel> {
    const channel = this.channel(name, config);
    const status = await statusOf(channel);
    if (status !== 'SUBSCRIBED') throw new Error(`a join ended with ${status}`);
    return channel;
  }

  /** A channel whose broadcasts are received. */
  channel(name: string, config: Config = {}): RealtimeChannel {
    const channel = this.client.channel(name, { config });
    return channel.on('broadcast', { event: '*' }, ({ event, payload }) => {
      this.received.push([name, event, payload instanceof ArrayBuffer ? new Uint8Array(payload) : (payload as unknown)]);
    });
  }

  /** Waits for a number of broadcasts. */
  async waitFor(count: number): Promise<readonly (readonly [string, string, unknown])[]> {
    await until(TIMEOUT_MS, `${count} broadcasts`, () => (this.received.length >= count ? true : undefined));
    return this.received;
  }

  async close(): Promise<void> {
    await this.client.removeAllChannels();
    await this.client.realtime.disconnect();
  }
}

/** Joins a channel. @returns the first status, with the reason of an error. */
export function statusOf(channel: RealtimeChannel): Promise<string> {
  const status = new Promise<string>((resolve) => {
    channel.subscribe((state, error) => resolve(error === undefined ? state : `${state}: ${error.message}`));
  });
  return within(TIMEOUT_MS, 'the status of a channel', status);
}

/** Broadcasts. @returns the answer: `ok` at once on a channel without `ack`. */
export function broadcast(channel: RealtimeChannel, event: string, payload: unknown): Promise<string> {
  return within(TIMEOUT_MS, 'a broadcast', channel.send({ type: 'broadcast', event, payload }));
}
