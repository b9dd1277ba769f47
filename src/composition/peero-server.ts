import { EventEmitter } from 'node:events';
import type { Log } from '../application/ports/log.ts';
import type { Authorize, AuthorizeOption } from '../adapters/authorizers/function.ts';
import { SystemClock } from '../adapters/clocks/system.ts';
import { RandomPeerIds } from '../adapters/peer-ids/random.ts';
import { NoTelemetry } from '../adapters/telemetry/none.ts';
import type { Broker } from '../application/broker.ts';
import type { Config, GivenOptions } from './configuration/config.ts';
import type { ConnectedPeer } from './connected-peer.ts';
import { buildBroker } from './container.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { type AdaptersOption, resolveParts } from './entry-point-adapters.ts';
import { checkedOptions } from './entry-point-options.ts';
import { type Adapters, makeAdapters } from './given-adapters.ts';
import { logConfiguration } from './log-configuration.ts';
import { makeEngine } from './make-engine.ts';
import { makeTransport } from './make-transport.ts';
import { originsFromList } from './origins.ts';
import { PeeroEvents } from './peero-events.ts';

/** The events of Peero. `socket` is the peer concerned, or the receiver of a frame. A listener for `error` is optional. */
export interface PeeroServerEvents {
  /** A peer has connected. */
  connection: [socket: ConnectedPeer];
  /** A frame was sent to a peer. */
  message: [socket: ConnectedPeer, message: unknown];
  /** An offer was sent to all peers except its sender. */
  offer: [socket: ConnectedPeer, signal: unknown];
  /** An answer was sent. @param peerId the id of its sender. */
  answer: [socket: ConnectedPeer, peerId: string, signal: unknown];
  /** The other peers were notified of a new peer. */
  announce: [socket: ConnectedPeer];
  /** A new peer received the list of the other peers. */
  peers: [socket: ConnectedPeer, peers: readonly string[]];
  /** A peer has disconnected. */
  remove: [peerId: string];
  /** A peer could not be reached, or the broker had an internal error. */
  error: [error: Error, socket: ConnectedPeer | undefined];
}

/** The options of the command line, a function that decides about clients, and adapters. */
export interface PeeroServerOptions extends GivenOptions, AuthorizeOption, AdaptersOption<'dialects'> {}

/** A broker that serves only Peero, at the path `/`: docs/protocols/peero.md. */
export class PeeroServer extends EventEmitter<PeeroServerEvents> {
  readonly #config: Config;
  readonly #log: Log;
  readonly #authorize: Authorize | undefined;
  readonly #adapters: Adapters;
  #broker: Promise<Broker> | undefined = undefined;
  #certificateWatch: CertificateWatch | undefined;

  /** @param options `port` (default 8080) and all other options of the broker. @throws ConfigError */
  constructor(options: PeeroServerOptions = {}) {
    super();
    const { authorize, adapters, ...given }: PeeroServerOptions = checkedOptions('PeeroServer', options);
    const parts = resolveParts('PeeroServer', given, { authorize, adapters });
    this.#config = parts.config;
    this.#log = parts.log;
    this.#adapters = parts.adapters;
    this.#authorize = authorize;
  }

  /** Starts to accept connections. @param callback receives the port. An error rejects the promise. */
  async run(callback?: (port: number) => void): Promise<number> {
    if (this.#broker !== undefined) throw new Error('run was called before: a server runs once');
    this.#broker = this.#build();
    const broker = await this.#broker;
    const { port } = await broker.listen();
    logConfiguration(this.#config, this.#log);
    const { tls } = this.#config;
    this.#certificateWatch = tls && new CertificateWatch(tls, () => broker.reloadCertificate());
    await this.#certificateWatch?.begin();
    callback?.(port);
    return port;
  }

  /** Closes all connections and stops, without ending the process. Idempotent; does nothing before `run`. */
  async close(callback?: () => void): Promise<void> {
    this.#certificateWatch?.end();
    await (await this.#broker)?.close();
    callback?.();
  }

  /**
   * H12: reloads the files of the certificate for new connections. They are also reloaded when they change. Does nothing before
   * `run`, or without a certificate.
   */
  async reloadCertificate(): Promise<void> {
    if (this.#config.tls !== undefined) (await this.#broker)?.reloadCertificate();
  }

  async #build(): Promise<Broker> {
    const config = this.#config;
    const log = this.#log;
    const events = new PeeroEvents(log, {
      connection: (socket) => void this.emit('connection', socket),
      message: (socket, message) => void this.emit('message', socket, message),
      offer: (socket, signal) => void this.emit('offer', socket, signal),
      answer: (socket, peerId, signal) => void this.emit('answer', socket, peerId, signal),
      announce: (socket) => void this.emit('announce', socket),
      peers: (socket, peers) => void this.emit('peers', socket, peers),
      remove: (peerId) => void this.emit('remove', peerId),
      // An `error` event without a listener would end the process.
      error: (error, socket) => void (this.listenerCount('error') > 0 && this.emit('error', error, socket)),
    });
    const { clock = new SystemClock(), telemetry = new NoTelemetry() } = this.#adapters;
    const outside = await makeAdapters(this.#adapters, { config, clock, log, telemetry });
    const broker = buildBroker(config, {
      ...outside.environment,
      transport: outside.transport ?? (await makeTransport(config, log)),
      engine: outside.environment.engine ?? (await makeEngine(config, log)),
      clock,
      log: events,
      telemetry,
      tap: events,
      peerIds: new RandomPeerIds(),
      origins: originsFromList(config.cors),
      authorize: this.#authorize,
    });
    events.attachBroker(broker);
    return broker;
  }
}
