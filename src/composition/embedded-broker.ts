import { EventEmitter } from 'node:events';
import { SystemClock } from '../adapters/clocks/system.ts';
import { RandomPeerIds } from '../adapters/peer-ids/random.ts';
import { MemoryTelemetry } from '../adapters/telemetry/memory.ts';
import type { Broker } from '../application/broker.ts';
import type { Log } from '../application/ports/log.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { Counter } from '../application/ports/telemetry.ts';
import type { ListeningAddress, Transport } from '../application/ports/transport.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import { CertificateWatch } from './certificate-watch.ts';
import type { Config } from './configuration/config.ts';
import type { ConnectedPeer } from './connected-peer.ts';
import { buildBroker } from './container.ts';
import { logConfiguration } from './log-configuration.ts';
import { makeEngine } from './make-engine.ts';
import { originsFromList } from './origins.ts';
import { PeerEvents, type DisconnectReason, type PeerMessage } from './peer-events.ts';

/** What an embedding program can listen to. */
export interface BrokerEvents {
  /** A peer is registered and has heard OPEN; a reconnect is a new connection. */
  connection: [peer: ConnectedPeer];
  /** A peer sent a message, heartbeats too. Messages are read for this event only while somebody listens. */
  message: [peer: ConnectedPeer, message: PeerMessage];
  /** A peer is gone. */
  disconnect: [peer: ConnectedPeer, reason: DisconnectReason];
  /** Something went wrong in the broker or in a listener. Nobody has to listen. */
  error: [error: Error];
}

/** What each thing that a listener can be told is called here. */
const EVENTS = { connected: 'connection', sent: 'message', disconnected: 'disconnect' } as const;

/** What a broker may be built around, where the configuration's own choice is not wanted. */
export interface EmbeddedParts {
  readonly log: Log;
  readonly makeTransport: (config: Config, log: Log) => Promise<Transport>;
  readonly peerIds?: PeerIds | undefined;
  readonly origins?: OriginPolicy | undefined;
}

/** A broker inside another program. */
export class EmbeddedBroker extends EventEmitter<BrokerEvents> {
  readonly config: Config;
  readonly #parts: EmbeddedParts;
  readonly #tally = new MemoryTelemetry();
  readonly #certificateWatch: CertificateWatch | undefined;
  #broker: Promise<Broker> | undefined = undefined;

  constructor(config: Config, parts: EmbeddedParts) {
    super();
    this.config = config;
    this.#parts = parts;
    const { tls } = config;
    this.#certificateWatch = tls && new CertificateWatch(tls, () => void this.reloadCertificate());
  }

  /** Starts to accept. @throws ListenError, and then nothing is left open. */
  async listen(): Promise<ListeningAddress> {
    if (this.#broker !== undefined) throw new Error('listen was called before: a broker listens once');
    this.#broker = this.#build();
    const address = await (await this.#broker).listen();
    logConfiguration(this.config, this.#parts.log);
    await this.#certificateWatch?.begin();
    return address;
  }

  /** Drains and stops; resolves when nothing is left open. Harmless before `listen` and when repeated. */
  async close(): Promise<void> {
    this.#certificateWatch?.end();
    await (await this.#broker)?.close();
  }

  /**
   * H12: reads the files of the certificate again, for new connections; the log tells the outcome. It is also done without this
   * call when the files have changed. Does nothing before `listen`, and without a certificate.
   */
  async reloadCertificate(): Promise<void> {
    if (this.config.tls !== undefined) (await this.#broker)?.reloadCertificate();
  }

  /** What was counted since the start, by name. */
  counts(): Partial<Record<Counter, number>> {
    return this.#tally.all();
  }

  async #build(): Promise<Broker> {
    const { log, makeTransport, peerIds, origins } = this.#parts;
    const events = new PeerEvents(log, {
      connected: (peer) => void this.emit('connection', peer),
      sent: (peer, message) => void this.emit('message', peer, message),
      disconnected: (peer, reason) => void this.emit('disconnect', peer, reason),
      failed: (error) => this.#fail(error),
      isListening: (what) => this.listenerCount(EVENTS[what]) > 0,
    });
    const transport = await makeTransport(this.config, log);
    const broker = buildBroker(this.config, {
      transport,
      engine: await makeEngine(this.config, log),
      clock: new SystemClock(),
      log: events,
      telemetry: this.#tally,
      tap: events,
      peerIds: peerIds ?? new RandomPeerIds(),
      origins: origins ?? originsFromList(this.config.cors),
    });
    events.attachBroker(broker);
    return broker;
  }

  /** An `error` that nobody listens for would end the process. It is in the log already. */
  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }
}
