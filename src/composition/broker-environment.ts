import type { Authorize } from '../adapters/authorizers/function.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { Authorizer } from '../application/ports/authorizer.ts';
import type { BrokerLinks } from '../application/ports/broker-links.ts';
import type { ClusterRecords } from '../application/ports/cluster-records.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { AnyDialect } from '../application/ports/dialect.ts';
import type { IceServers } from '../application/ports/ice-servers.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { MetricsReader } from '../application/ports/metrics-reader.ts';
import type { NodeBus } from '../application/ports/node-bus.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { NodeId } from '../domain/ids.ts';
import type { OriginPolicy } from '../domain/origins.ts';

/** The state that the nodes of a cluster share, as seen by one of them. */
export interface Engine {
  /** Unique for each process, also across restarts. */
  readonly node: NodeId;
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  /** Undefined for an engine from outside without records. */
  readonly records?: ClusterRecords;
}

/** The adapters that a broker is built with. The configuration determines all other parts. */
export interface BrokerEnvironment {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Milliseconds since 1970, for state that outlives the process; undefined for the time of the machine. */
  readonly unixTime?: (() => number) | undefined;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** H19. */
  readonly metrics?: MetricsReader | undefined;
  readonly tap: MessageTap;
  readonly peerIds: PeerIds;
  readonly origins: OriginPolicy;
  /** Dialects beside those of the configuration; they match a path first. */
  readonly moreDialects?: readonly AnyDialect[] | undefined;
  readonly authenticator?: Authenticator;
  readonly iceServers?: IceServers | undefined;
  readonly authorizer?: Authorizer | undefined;
  /** A9: the function of the embedding program that decides which clients may connect. */
  readonly authorize?: Authorize | undefined;
  /** ADM15: drains this node and ends it, for an operator at any node. Returns before the drain has ended. */
  readonly requestDrain?: () => void;
  /** Undefined for a single node. */
  readonly engine?: Engine | undefined;
  /** Links to the other nodes of the cluster; undefined for none. */
  readonly links?: BrokerLinks | undefined;
  /** The records from outside; undefined for those of the engine, or for the memory of the process. */
  readonly records?: ClusterRecords | undefined;
  /** On a single node: the store from outside; undefined for the memory of the process. */
  readonly mailboxes?: MailboxStore | undefined;
  /** On a single node: the directory from outside; undefined for the memory of the process. */
  readonly directory?: PeerDirectory | undefined;
}
