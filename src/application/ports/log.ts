import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { CrowdRefusal } from '../../domain/visitors.ts';
import type { Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import type { Session } from '../../domain/session.ts';
import type { ListeningAddress, TransportFault } from './transport.ts';

/** One thing that happened to the broker or to a connection. Messages that go well are no events. */
export type LogEvent =
  | { readonly event: 'listening'; readonly address: ListeningAddress; readonly transport: string }
  | { readonly event: 'transport-unavailable'; readonly wanted: string; readonly taken: string; readonly detail: string }
  /** The host has no IPv6. @param taken the host that is listened on instead of `::`. */
  | { readonly event: 'ipv6-unavailable'; readonly taken: string }
  /** New connections were closed, because the process may open no more files. @param dropped since the last such event. */
  | { readonly event: 'connections-dropped'; readonly dropped: number; readonly openFiles: number }
  | { readonly event: 'peer-opened'; readonly session: Session; readonly address: string }
  | { readonly event: 'peer-closed'; readonly session: Session; readonly ending: Ending | TransportFault | 'lost' }
  | {
      readonly event: 'connection-refused';
      readonly connection: ConnectionId;
      readonly realm: RealmKey | undefined;
      readonly id: PeerId | undefined;
      readonly refusal: OpenRefusal;
      readonly address: string;
    }
  | {
      readonly event: 'upgrade-refused';
      readonly why: CrowdRefusal | 'origin-not-allowed' | 'draining' | 'cut-off';
      readonly address: string;
    }
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
