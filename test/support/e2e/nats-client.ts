import { wsconnect, type ConnectionOptions, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { WebSocket } from 'ws';
import { until, within } from './until.ts';

const TIMEOUT_MS = 60_000;
const PATH = '/nats';

/** The address of a broker on loopback. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** The official client of NATS in Node, over WebSocket. */
export class NatsUser {
  readonly connection: NatsConnection;
  /** Subjects and payloads of all messages. */
  readonly received: (readonly [string, string])[] = [];
  /** Messages with their reply subjects and headers. */
  readonly messages: Msg[] = [];
  /** Errors of subscriptions and of the connection. */
  readonly errors: string[] = [];

  private constructor(connection: NatsConnection) {
    this.connection = connection;
    void this.#watch();
  }

  static async connect(place: Place, options: Partial<ConnectionOptions> = {}): Promise<NatsUser> {
    return new NatsUser(await within(TIMEOUT_MS, 'a NATS client to connect', dial(place, options)));
  }

  /** Connects in vain. @returns the error. */
  static async refusal(place: Place, options: Partial<ConnectionOptions> = {}): Promise<string> {
    const refused = dial(place, { reconnect: false, ...options }).then(
      () => 'connected',
      (error: unknown) => String(error),
    );
    return within(TIMEOUT_MS, 'a NATS client to be refused', refused);
  }

  /** Subscribes, and waits until the broker has handled it. */
  async subscribe(subject: string, options: { readonly max?: number; readonly queue?: string } = {}): Promise<Subscription> {
    const subscription = this.connection.subscribe(subject, {
      ...options,
      callback: (error, message) => {
        if (error !== null) return void this.errors.push(String(error));
        this.messages.push(message);
        this.received.push([message.subject, message.string()]);
      },
    });
    await this.connection.flush();
    return subscription;
  }

  /** Waits for a number of messages. */
  async waitFor(count: number): Promise<readonly (readonly [string, string])[]> {
    await until(TIMEOUT_MS, `${count} messages`, () => (this.received.length >= count ? true : undefined));
    return this.received;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) if (status.type === 'error') this.errors.push(String(status.error));
  }
}

function dial({ host, port }: Place, options: Partial<ConnectionOptions>): Promise<NatsConnection> {
  // Node 20 has no WebSocket of its own.
  const wsFactory = (url: string) =>
    Promise.resolve({ socket: new WebSocket(url) as unknown as globalThis.WebSocket, encrypted: false });
  const servers = [`ws://${host}:${port}${PATH}`];
  return wsconnect({ servers, wsFactory, reconnectTimeWait: 100, ...options });
}
