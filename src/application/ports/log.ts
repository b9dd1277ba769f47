import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { AccessRefusal, Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import type { Session } from '../../domain/session.ts';
import type { HitLimit } from './hit-limit.ts';
import type { ConnectionEnd, ListeningAddress, TransportFault } from './transport.ts';

/** A request as it is logged: without its query, and with a token in its path masked. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: string | undefined;
  /** H10: the address that limits are applied to. */
  readonly address: string;
  /** H10: the remote end of the TCP connection, if that is a trusted proxy. */
  readonly proxy: string | undefined;
  /** H10: the request has a forwarded address, and its sender is no trusted proxy: see the option `proxied`. */
  readonly ignoresForwardedFor: boolean;
}

/** The traffic of one connection since it opened. */
export interface TrafficSummary {
  readonly address: string;
  /** Time since the connection opened. */
  readonly lifetime: Millis;
  readonly framesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly bytesOut: number;
}

/** The acts of an operator. */
export type OperatorAct = 'expel' | 'ban' | 'unban' | 'trace' | 'drain';

/**
 * One lifecycle event of the broker or of a connection. Delivered messages are not logged. The names of events and fields are
 * public: operators and embedding programs match them.
 */
export type LogEvent =
  | {
      readonly event: 'listening';
      readonly address: ListeningAddress;
      readonly transport: string;
      /** The number of processes that share the port; undefined for one. */
      readonly workers?: number;
    }
  /** A worker process has ended, and a new one takes its place after `delay`. @param why its exit code, or the signal. */
  | {
      readonly event: 'worker-ended';
      readonly worker: number;
      readonly pid: number;
      readonly why: string;
      readonly delay: Millis;
    }
  /** A worker process has answered no message for `silence`. It is terminated, and `worker-ended` follows. */
  | { readonly event: 'worker-hung'; readonly worker: number; readonly pid: number; readonly silence: Millis }
  /** A worker process that took the place of another one listens. */
  | { readonly event: 'worker-replaced'; readonly worker: number; readonly pid: number }
  /** The configuration in effect, logged after `listening`. */
  | {
      readonly event: 'in-effect';
      /** Paths by dialect name. */
      readonly dialects: Readonly<Record<string, string>>;
      readonly realms: readonly string[];
      readonly profile: string;
      /** H10. */
      readonly proxied: string;
      readonly origins: string;
      /** The URL of the cluster engine, without credentials; undefined for a single node. */
      readonly engine: string | undefined;
      readonly maxConnections: number;
      readonly maxConnectionsPerAddress: number;
      readonly aliveTimeout: Millis;
      /** The limit of open files of this process; undefined if the system does not report one. */
      readonly openFiles: number | undefined;
    }
  /** `max_connections` is above the limit of open files. */
  | { readonly event: 'open-files-short'; readonly maxConnections: number; readonly openFiles: number }
  | {
      readonly event: 'transport-unavailable';
      readonly wanted: string;
      readonly taken: string;
      readonly detail: string;
      /** Whether the library is there, but can't load. */
      readonly isInstalled: boolean;
    }
  /** The library of the transport: its version, the ABI of Node for which it must have a build, and its folder. */
  | { readonly event: 'uws-loaded'; readonly version: string; readonly abi: string; readonly folder: string }
  /** `auto` chose a transport that answers 505 to HTTP/1.0 and to split request lines, and a proxy is trusted. */
  | { readonly event: 'proxy-needs-http11'; readonly taken: string }
  /** An option was given that the chosen transport can't use. @param fixed the value that it uses always, in milliseconds. */
  | { readonly event: 'option-ineffective'; readonly option: string; readonly taken: string; readonly fixed: number }
  /** The host has no IPv6. @param taken the host that is used instead of `::`. */
  | { readonly event: 'ipv6-unavailable'; readonly taken: string }
  /** New connections were closed because the limit of open files is reached. @param dropped since the last such event. */
  | { readonly event: 'connections-dropped'; readonly dropped: number; readonly openFiles: number }
  /** No file handle is free, so new connections are refused until some are. @param openFiles the limit, if it is known. */
  | { readonly event: 'accept-suspended'; readonly openFiles: number | undefined }
  | { readonly event: 'peer-opened'; readonly session: Session; readonly address: string }
  | {
      readonly event: 'peer-closed';
      readonly session: Session;
      /** `lost`: the client closed the connection or the network failed; `end` gives which of the two. */
      readonly ending: Ending | TransportFault | 'lost';
      readonly end: ConnectionEnd;
      readonly passage: TrafficSummary | undefined;
    }
  /** A connection has ended, whether or not it was registered as a peer. */
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
      /** The key of the request, if there is no such realm. */
      readonly key: string | undefined;
      readonly origin: string | undefined;
      readonly limit: HitLimit | undefined;
    }
  /** A7: an open peer sent a token that was refused. */
  | { readonly event: 'token-refused'; readonly session: Session; readonly refusal: AccessRefusal; readonly address: string }
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
  /** An upgrade was accepted, and its handshake was not completed. */
  | { readonly event: 'upgrade-abandoned'; readonly address: string; readonly dialect: string }
  /** The cluster engine is reachable. @param engine URL without credentials. */
  | { readonly event: 'engine-reached'; readonly engine: string; readonly node: NodeId }
  /** The engine does not respond at the start. @param isPatient whether the start waits for it, or fails soon. */
  | { readonly event: 'engine-awaited'; readonly engine: string; readonly isPatient: boolean }
  | { readonly event: 'engine-lost'; readonly engine: string; readonly detail: string }
  /** Live nodes with another version of the stored format use the engine. This node does not use it until they have stopped. */
  | { readonly event: 'format-conflict'; readonly engine: string; readonly found: number; readonly supported: number }
  /**
   * A bus message has an unknown type or version, or the engine still has data of another version. The message is ignored.
   * Event names are a public interface and stay as they are.
   */
  | { readonly event: 'word-refused'; readonly why: string; readonly version: unknown }
  /** I11. @param provider the value of `ice_provider`. */
  | { readonly event: 'ice-provider-reached'; readonly provider: string }
  /** I11: the provider gave no ICE servers. Not repeated until `ice-provider-reached`. */
  | { readonly event: 'ice-provider-lost'; readonly provider: string; readonly detail: string }
  /** I11: URLs of the provider that browsers would reject. */
  | { readonly event: 'ice-urls-dropped'; readonly provider: string; readonly dropped: number }
  /** A9: the authorizer gave no usable answer, `failures` times since the last such event. Not repeated within 10 s. */
  | { readonly event: 'authorizer-lost'; readonly authorizer: string; readonly detail: string; readonly failures: number }
  /** A9: the first usable answer after `authorizer-lost`. */
  | { readonly event: 'authorizer-reached'; readonly authorizer: string }
  /** L6: the process was suspended, or its event loop was blocked, for `span`. */
  | { readonly event: 'stood-still'; readonly span: Millis }
  /** H12. */
  | { readonly event: 'certificate-reloaded' }
  /** H12: the new certificate is unusable; the old one stays in use. */
  | { readonly event: 'certificate-refused'; readonly detail: string }
  /** A10: the first keys of an issuer, or other keys than before. @param skipped entries that can't verify tokens. */
  | { readonly event: 'key-set-loaded'; readonly url: string; readonly keys: number; readonly skipped: number }
  /** A10: @param url without its query. */
  | { readonly event: 'key-set-unreachable'; readonly url: string; readonly detail: string }
  /** M24: the mailbox store can't hold messages. @param detail the reason that the store reports. */
  | { readonly event: 'mailbox-store-failed'; readonly detail: string }
  | { readonly event: 'mailbox-store-recovered' }
  | { readonly event: 'signal-ignored'; readonly signal: string }
  /** All options were read again. @param changed options with new values. @param needsRestart options that keep the old ones. */
  | { readonly event: 'configuration-reloaded'; readonly changed: readonly string[]; readonly needsRestart: readonly string[] }
  /** The new options are invalid; the previous ones stay in use. */
  | { readonly event: 'configuration-refused'; readonly problems: readonly string[] }
  /** The admin listener accepts requests. @param place its URL, or the path of its socket. */
  | { readonly event: 'admin-listening'; readonly place: string }
  /** A request of a client that did not authenticate, or that is not allowed to act. */
  | { readonly event: 'admin-refused'; readonly address: string; readonly path: string; readonly why: string }
  /** ADM8: an act of the operator. @param from the address of the operator; `library` for the embedding program. */
  | {
      readonly event: 'operator-acted';
      readonly act: OperatorAct;
      /** The peer or the ban; undefined for the node. */
      readonly subject: string | undefined;
      readonly reason: string | undefined;
      readonly from: string;
      /** Connections that were closed. */
      readonly closed: number | undefined;
    }
  | { readonly event: 'draining'; readonly connections: number; readonly patience: Millis }
  | { readonly event: 'stopped'; readonly cut: number }
  | { readonly event: 'fault'; readonly error: unknown; readonly connection: ConnectionId | undefined }
  | { readonly event: 'crashed'; readonly error: unknown };

/** Receives lifecycle events. Never throws and never blocks. Secrets can't be logged: their types do not convert to text. */
export interface Log {
  record(event: LogEvent): void;
}
