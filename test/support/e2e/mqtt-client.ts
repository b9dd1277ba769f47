import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { until, within } from './until.ts';

const TIMEOUT_MS = 60_000;

/** The address of a broker on loopback. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** A publication: topic, bytes in hexadecimal digits, and whether it was retained. */
export type Told = readonly [topic: string, bytes: string, isRetained: boolean];

/** MQTT.js in Node. */
export class MqttUser {
  readonly client: MqttClient;
  readonly received: Told[] = [];
  readonly errors: string[] = [];

  constructor({ host, port }: Place, options: Partial<IClientOptions> = {}) {
    const timing = { reconnectPeriod: 100, connectTimeout: TIMEOUT_MS };
    this.client = mqtt.connect(`ws://${host}:${port}/mqtt`, { ...timing, ...options });
    this.client.on('message', (topic, payload, { retain }) => {
      this.received.push([topic, payload.toString('hex'), retain]);
    });
    this.client.on('error', ({ message }) => void this.errors.push(message));
  }

  /** Waits until the broker has confirmed the connection. */
  async connect(): Promise<this> {
    await until(TIMEOUT_MS, 'an MQTT client to connect', () => (this.client.connected ? true : undefined));
    return this;
  }

  /** The error with which the broker refuses the client. */
  refusal(): Promise<string> {
    return until(TIMEOUT_MS, 'an MQTT client to be refused', () => this.errors[0]);
  }

  async subscribe(filter: string, options: { readonly nl?: boolean } = {}): Promise<void> {
    await within(TIMEOUT_MS, 'a subscription', this.client.subscribeAsync(filter, { qos: 0, ...options }));
  }

  async publish(topic: string, payload: string | Buffer, options: IClientPublishOptions = { qos: 1 }): Promise<void> {
    await within(TIMEOUT_MS, 'a publication', this.client.publishAsync(topic, payload, options));
  }

  /** Waits for a number of publications. */
  async waitFor(count: number): Promise<readonly Told[]> {
    await until(TIMEOUT_MS, `${count} publications`, () => (this.received.length >= count ? true : undefined));
    return this.received;
  }

  close(): void {
    this.client.end(true);
  }
}

/** The message of the error with which a request fails. */
export async function failureOf(request: Promise<unknown>): Promise<string> {
  return within(
    TIMEOUT_MS,
    'a refusal',
    request.then(
      () => 'no error',
      ({ message }: Error) => message,
    ),
  );
}
