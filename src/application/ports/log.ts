import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import type { Session } from '../../domain/session.ts';
import type { HitLimit } from './hit-limit.ts';
import type { ConnectionEnd, ListeningAddress, TransportFault } from './transport.ts';

/** A request as the log tells it: without its query, and without a token in its path. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: string | undefined;
  /** H10: the address that counts. */
  readonly address: string;
  /** H10: the far end of the TCP connection, where that is a trusted proxy. */
  readonly proxy: string | undefined;
  /** H10: a proxy named its client, and is not trusted to: see the option `proxied`. */
  readonly ignoresForwardedFor: boolean;
}

/** What passed over a connection. */
export interface TrafficSummary {
  readonly address: string;
  /** How long it was open. */
  readonly lifetime: Millis;
  readonly framesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly bytesOut: number;
}

/** One thing that happened to the broker or to a connection. Messages that go well are no events. */
export type LogEvent =
  | { readonly event: 'listening'; readonly address: ListeningAddress; readonly transport: string }
  /** What the broker that listens now works with. */
  | {
      readonly event: 'in-effect';
      /** Names, and where they are served. */
      readonly dialects: Readonly<Record<string, string>>;
      readonly realms: readonly string[];
      readonly profile: string;
      /** H10. */
      readonly proxied: string;
      readonly origins: string;
      /** Of the cluster, without credentials; undefined for a single node. */
      readonly engine: string | undefined;
      readonly maxConnections: number;
      readonly maxConnectionsPerAddress: number;
      readonly aliveTimeout: Millis;
      /** How many files the system lets this process open; undefined where it does not tell. */
      readonly openFiles: number | undefined;
    }
  /** More connections are allowed than the system lets this process open files. */
  | { readonly event: 'open-files-short'; readonly maxConnections: number; readonly openFiles: number }
  | { readonly event: 'transport-unavailable'; readonly wanted: string; readonly taken: string; readonly detail: string }
  /** The host has no IPv6. @param taken the host that is listened on instead of `::`. */
  | { readonly event: 'ipv6-unavailable'; readonly taken: string }
  /** New connections were closed, because the process may open no more files. @param dropped since the last such event. */
  | { readonly event: 'connections-dropped'; readonly dropped: number; readonly openFiles: number }
  | { readonly event: 'peer-opened'; readonly session: Session; readonly address: string }
  | {
      readonly event: 'peer-closed';
      readonly session: Session;
      /** `lost`: the client closed its connection, or the network ended it; `end` tells which. */
      readonly ending: Ending | TransportFault | 'lost';
      readonly end: ConnectionEnd;
      readonly passage: TrafficSummary | undefined;
    }
  /** A connection is over, whether or not it was ever a peer. */
  | {
      readonly event: 'connection-closed';
      readonly connection: ConnectionId;
      readonly session: Session | undefined;
      readonly dialect: string;
      readonly end: ConnectionEnd;
      readonly passage: TrafficSummary;
    }
  | {
      readonly event: 'connection-refused';
      readonly connection: ConnectionId;
      readonly realm: RealmKey | undefined;
      readonly id: PeerId | undefined;
      readonly refusal: OpenRefusal;
      readonly address: string;
      /** As it was asked for, where it is no realm. */
      readonly key: string | undefined;
      readonly origin: string | undefined;
      readonly limit: HitLimit | undefined;
    }
  | {
      readonly event: 'upgrade-refused';
      readonly request: LoggedRequest;
      readonly status: number;
      readonly why: string;
      readonly key: string | undefined;
      readonly limit: HitLimit | undefined;
    }
  | {
      readonly event: 'request-refused';
      readonly request: LoggedRequest;
      readonly status: number;
      readonly why: string;
      readonly limit: HitLimit | undefined;
    }
  /** An upgrade was accepted, and its handshake came to nothing. */
  | { readonly event: 'upgrade-abandoned'; readonly address: string; readonly dialect: string }
  /** The engine of the cluster answers. @param engine without credentials. */
  | { readonly event: 'engine-reached'; readonly engine: string; readonly node: NodeId }
  | { readonly event: 'engine-lost'; readonly engine: string; readonly detail: string }
  /** What another node said is no word for this one. */
  | { readonly event: 'word-refused'; readonly why: string; readonly version: unknown }
  /** L6: the process did not run, or was busy with something else, for `span`. */
  | { readonly event: 'stood-still'; readonly span: Millis }
  /** H12. */
  | { readonly event: 'certificate-reloaded' }
  /** H12: the old certificate stays in use. */
  | { readonly event: 'certificate-refused'; readonly detail: string }
  | { readonly event: 'signal-ignored'; readonly signal: string }
  | { readonly event: 'draining'; readonly connections: number; readonly patience: Millis }
  | { readonly event: 'stopped'; readonly cut: number }
  | { readonly event: 'fault'; readonly error: unknown; readonly connection: ConnectionId | undefined }
  | { readonly event: 'crashed'; readonly error: unknown };

/** Where lifecycle events go. Never throws, never waits; secrets are types that can't print. */
export interface Log {
  record(event: LogEvent): void;
}
