import { Centrifuge, type Options, type Subscription } from 'centrifuge';
import { WebSocket } from 'ws';
import { until, within } from './until.ts';

const TIMEOUT_MS = 60_000;
const ENDPOINT = '/connection/websocket';

/** The address of a broker on loopback. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** The official client of Centrifugo in Node. */
export class CentrifugeUser {
  readonly client: Centrifuge;
  /** Data of all publications, by channel. */
  readonly received: (readonly [string, unknown])[] = [];

  constructor({ host, port }: Place, options: Partial<Options> = {}) {
    const timing = { minReconnectDelay: 50, maxReconnectDelay: 500 };
    this.client = new Centrifuge(`ws://${host}:${port}${ENDPOINT}`, { websocket: WebSocket, ...timing, ...options });
    this.client.on('error', () => undefined);
  }

  /** Connects, and waits until the server confirms it. */
  async connect(): Promise<this> {
    this.client.connect();
    await within(TIMEOUT_MS, 'a Centrifuge client to connect', this.client.ready());
    return this;
  }

  /** Connects without waiting. @returns the code and the reason of the end. */
  refusal(): Promise<string> {
    const ended = new Promise<string>((resolve) =>
      this.client.on('disconnected', ({ code, reason }) => resolve(`${code} ${reason}`)),
    );
    this.client.connect();
    return within(TIMEOUT_MS, 'a Centrifuge client to end', ended);
  }

  async subscribe(channel: string): Promise<Subscription> {
    const subscription = this.client.newSubscription(channel);
    subscription.on('publication', ({ data }) => void this.received.push([channel, data]));
    subscription.subscribe();
    await within(TIMEOUT_MS, 'a subscription', subscription.ready());
    return subscription;
  }

  /** Waits for a number of publications. */
  async waitFor(count: number): Promise<readonly (readonly [string, unknown])[]> {
    await until(TIMEOUT_MS, `${count} publications`, () => (this.received.length >= count ? true : undefined));
    return this.received;
  }

  close(): void {
    this.client.disconnect();
  }
}

/** The code of the error with which a command fails. */
export async function errorCodeOf(command: Promise<unknown>): Promise<number | undefined> {
  return within(TIMEOUT_MS, 'an answer to a command', command).then(
    () => undefined,
    ({ code }: { code: number }) => code,
  );
}
