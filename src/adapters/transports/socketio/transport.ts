import type { Clock } from '../../../application/ports/clock.ts';
import type { Log } from '../../../application/ports/log.ts';
import type { Gateway, ListeningAddress, Transport } from '../../../application/ports/transport.ts';
import type { Millis } from '../../../domain/time.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import { SocketIoGateway, type GateSettings } from './gateway.ts';
import { LineReader } from './lines.ts';
import type { Authorize, DescribeRefusal } from './rights.ts';

export interface SocketIoSettings extends GateSettings, PerConnectionLimits {
  /** SIO4. */
  readonly prefixes: readonly string[];
  /** SIO8. */
  readonly pingInterval: Millis;
  /** SIO7: how long a session may take to connect to the main namespace. */
  readonly connectTimeout: Millis;
  readonly authorize: Authorize;
  readonly describeRefusal: DescribeRefusal;
}

/** Dependencies. */
export interface SocketIoParts {
  readonly clock: Clock;
  readonly log: Log;
}

/** Adds Socket.IO to another transport, on the port of that transport. */
export class SocketIoTransport implements Transport {
  readonly #inner: Transport;
  readonly #settings: SocketIoSettings;
  readonly #parts: SocketIoParts;
  #gateway: SocketIoGateway | undefined;

  constructor(inner: Transport, settings: SocketIoSettings, parts: SocketIoParts) {
    this.#inner = inner;
    this.#settings = settings;
    this.#parts = parts;
  }

  get name(): string {
    return this.#inner.name;
  }

  listen(gateway: Gateway): Promise<ListeningAddress> {
    const { prefixes, pingInterval, connectTimeout, authorize, describeRefusal, ...settings } = this.#settings;
    const { clock, log } = this.#parts;
    const context = {
      ...{ gateway, clock, defer: queueMicrotask, lines: new LineReader(), limits: settings },
      ...{ authorize, describeRefusal, pingInterval, connectTimeout },
      prefixes: [...prefixes].sort((one, other) => other.length - one.length),
    };
    this.#gateway = new SocketIoGateway(settings, context, log);
    return this.#inner.listen(this.#gateway);
  }

  reloadCertificate(): void {
    this.#inner.reloadCertificate();
  }

  refuseNew(): void {
    this.#gateway?.refuseNew();
    this.#inner.refuseNew();
  }

  async stop(): Promise<void> {
    this.#gateway?.stop();
    await this.#inner.stop();
  }
}
