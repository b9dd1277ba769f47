import { EventEmitter } from 'node:events';
import type { Authorize } from '../adapters/authorizers/function.ts';
import { SystemClock } from '../adapters/clocks/system.ts';
import { RandomPeerIds } from '../adapters/peer-ids/random.ts';
import { PrometheusTelemetry } from '../adapters/telemetry/prometheus/telemetry.ts';
import type { Broker } from '../application/broker.ts';
import type { AdminListener } from '../application/ports/admin-listener.ts';
import type { Ban } from '../domain/bans.ts';
import type { Log } from '../application/ports/log.ts';
import type { ActOutcome, PeerDetails, PeerPage, PeerTarget } from '../application/ports/operations.ts';
import type { MetricsReader, MetricsText } from '../application/ports/metrics-reader.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { ListeningAddress, Transport } from '../application/ports/transport.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import { startAdmin } from './admin.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { brokerLinks } from './adapter-registry.ts';
import type { Config } from './configuration/config.ts';
import { eventCounts, type EventCount } from './event-counts.ts';
import type { ConnectedPeer } from './connected-peer.ts';
import type { Engine } from './broker-environment.ts';
import { buildBroker } from './container.ts';
import { logConfiguration } from './log-configuration.ts';
import { type Adapters, makeAdapters } from './given-adapters.ts';
import { makeEngine } from './make-engine.ts';
import { bridged } from './make-transport.ts';
import { originsFromList } from './origins.ts';
import { OperatorMethods, type BanInEffect, type BanOptions, type PeersQuery, type TraceOptions } from './operator-methods.ts';
import { PeerEvents, type DisconnectReason, type PeerMessage } from './peer-events.ts';

/** The events for an embedding program. */
export interface BrokerEvents {
  /** A peer is registered and OPEN was sent. A reconnect is a new connection. */
  connection: [peer: ConnectedPeer];
  /** A peer sent a message or a heartbeat. Messages are parsed for this event only while it has a listener. */
  message: [peer: ConnectedPeer, message: PeerMessage];
  /** A peer's connection has ended. */
  disconnect: [peer: ConnectedPeer, reason: DisconnectReason];
  /** An internal error of the broker, or an exception of a listener. A listener is optional. */
  error: [error: Error];
}

/** Names of the events of `PeerListener` in `BrokerEvents`. */
const EVENTS = { connected: 'connection', sent: 'message', disconnected: 'disconnect' } as const;

/** Until the response to the request is sent. */
const DRAIN_DELAY_MS = 100;

/** The parts that an entry point adds to the configuration. */
export interface EmbeddedParts {
  readonly log: Log;
  /** @param hasBackend whether `authorize` or an adapter decides which clients may connect. */
  readonly makeTransport: (config: Config, log: Log, hasBackend: boolean) => Promise<Transport>;
  readonly peerIds?: PeerIds | undefined;
  readonly origins?: OriginPolicy | undefined;
  readonly authorize?: Authorize | undefined;
  /** From outside: each one replaces the adapter of its port. */
  readonly adapters?: Adapters | undefined;
  /** The engine of a worker process, unless there is an adapter of the bus from outside; undefined for that of the options. */
  readonly engine?: Engine | undefined;
}

/** A broker inside another program. */
export class EmbeddedBroker extends EventEmitter<BrokerEvents> {
  readonly config: Config;
  readonly #parts: EmbeddedParts;
  readonly #telemetry: Telemetry;
  readonly #metrics: MetricsReader | undefined;
  readonly #certificateWatch: CertificateWatch | undefined;
  readonly #clock: Clock;
  readonly #adapters: Adapters;
  readonly #operator: OperatorMethods;
  /** Ends the wait for the engine of a cluster. */
  readonly #start = new AbortController();
  #broker: Promise<Broker> | undefined = undefined;
  #admin: AdminListener | undefined = undefined;

  constructor(config: Config, parts: EmbeddedParts) {
    super();
    this.config = config;
    this.#parts = parts;
    this.#adapters = parts.adapters ?? {};
    this.#clock = this.#adapters.clock ?? new SystemClock();
    this.#telemetry = this.#adapters.telemetry ?? new PrometheusTelemetry();
    this.#metrics = readerOf(this.#telemetry);
    this.#operator = new OperatorMethods(
      () => this.#listening(),
      () => this.#clock.now(),
      (error) => parts.log.record({ event: 'fault', error, connection: undefined }),
    );
    const { tls } = config;
    this.#certificateWatch = tls && new CertificateWatch(tls, () => void this.reloadCertificate());
  }

  /** Starts to accept connections. @throws ListenError; nothing stays open then. */
  async listen(): Promise<ListeningAddress> {
    if (this.#broker !== undefined) throw new Error('listen was called before: a broker listens once');
    this.#broker = this.#build();
    const broker = await this.#broker;
    const address = await broker.listen();
    await this.#startAdmin(broker);
    logConfiguration(this.config, this.#parts.log);
    await this.#certificateWatch?.begin();
    return address;
  }

  /** Drains and stops; resolves when all connections are closed. Idempotent; does nothing before `listen`. */
  async close(): Promise<void> {
    this.#certificateWatch?.end();
    this.#start.abort();
    await (await this.#broker)?.close();
    await this.#admin?.stop();
  }

  /**
   * H12: reloads the files of the certificate for new connections, and logs the outcome. The broker also reloads them when
   * they change. Does nothing before `listen`, or without a certificate.
   */
  async reloadCertificate(): Promise<void> {
    if (this.config.tls !== undefined) (await this.#broker)?.reloadCertificate();
  }

  /** Counters since the start, by name; those that are not zero. Empty with a telemetry from outside. */
  counts(): Partial<Record<EventCount, number>> {
    return this.#telemetry instanceof PrometheusTelemetry ? eventCounts(this.#telemetry) : {};
  }

  /**
   * All metrics as text, with those of the process. Without metrics if the telemetry from outside has no method `render`.
   * @param accept the `Accept` header of the reader: OpenMetrics if it is listed, else the text format of Prometheus.
   */
  metrics(accept?: string): Promise<MetricsText> {
    return this.#metrics?.render(accept) ?? Promise.resolve(NO_METRICS);
  }

  /** ADM2: peers and guests, in pages. */
  peers(query?: PeersQuery): Promise<PeerPage> {
    return this.#operator.peers(query);
  }

  /** ADM2: the details of a peer; undefined if there is none. */
  peer(target: PeerTarget): Promise<PeerDetails | undefined> {
    return this.#operator.peer(target);
  }

  /** ADM3: closes the connection of a peer or guest. The reason is for the log. */
  expel(target: PeerTarget, reason?: string): Promise<ActOutcome> {
    return this.#operator.expel(target, reason);
  }

  /** ADM4: bans a client and closes its connections. @throws RangeError for a ban that is not possible. */
  ban(options: BanOptions): Promise<BanInEffect> {
    return this.#operator.ban(options);
  }

  /** ADM4: lifts a ban. @returns whether there was one. */
  unban(id: string, reason?: string): Promise<boolean> {
    return this.#operator.unban(id, reason);
  }

  /** ADM4: the bans in effect. */
  bans(): Promise<readonly Ban[]> {
    return this.#operator.bans();
  }

  /**
   * ADM6: shows each frame of a peer, without its payload. An exception of a listener is logged.
   * @returns the function that ends the trace. @throws RangeError if 16 traces are open.
   */
  trace(target: PeerTarget, options: TraceOptions): Promise<() => void> {
    return this.#operator.trace(target, options);
  }

  /** ADM1: also to watch a drain, so it ends last. */
  async #startAdmin(broker: Broker): Promise<void> {
    const { log } = this.#parts;
    try {
      this.#admin = await startAdmin(this.config, broker, {
        log,
        metrics: (accept) => this.metrics(accept),
      });
    } catch (error) {
      await broker.close();
      throw error;
    }
  }

  #listening(): Promise<Broker> {
    return this.#broker ?? Promise.reject(new Error('the broker does not listen yet: call listen first'));
  }

  async #build(): Promise<Broker> {
    const { log, makeTransport, peerIds, origins, authorize } = this.#parts;
    const events = new PeerEvents(log, {
      connected: (peer) => void this.emit('connection', peer),
      sent: (peer, message) => void this.emit('message', peer, message),
      disconnected: (peer, reason) => void this.emit('disconnect', peer, reason),
      failed: (error) => this.#fail(error),
      isListening: (what) => this.listenerCount(EVENTS[what]) > 0,
    });
    const { config } = this;
    const telemetry = this.#telemetry;
    const outside = await makeAdapters(this.#adapters, { config, clock: this.#clock, log, telemetry });
    const hasBackend = authorize !== undefined || outside.environment.authorizer !== undefined;
    const engine = outside.environment.engine ?? this.#parts.engine ?? (await makeEngine(config, log, this.#start.signal));
    const transport =
      outside.transport === undefined
        ? await makeTransport(config, log, hasBackend)
        : bridged(outside.transport, config, { log, hasBackend });
    const links = config.clusterLink === undefined ? undefined : brokerLinks.websocket(config.clusterLink, this.#clock);
    const broker = buildBroker(config, {
      ...outside.environment,
      engine,
      links,
      transport: links?.over(transport) ?? transport,
      clock: this.#clock,
      log: events,
      telemetry,
      metrics: this.#metrics,
      tap: events,
      peerIds: peerIds ?? new RandomPeerIds(),
      origins: origins ?? originsFromList(config.cors),
      authorize,
      requestDrain: () => void setTimeout(() => void this.close(), DRAIN_DELAY_MS),
    });
    events.attachBroker(broker);
    return broker;
  }

  /** An `error` event without a listener would end the process. The error is already logged. */
  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
}

const NO_METRICS: MetricsText = { contentType: 'text/plain; charset=utf-8', text: '# adapters.telemetry has no method render\n' };

/** The reader of a telemetry, if its values are readable. */
function readerOf(telemetry: Telemetry & Partial<MetricsReader>): MetricsReader | undefined {
  return telemetry.render === undefined
    ? undefined
    : { render: (accept) => telemetry.render?.(accept) ?? Promise.resolve(NO_METRICS) };
}
