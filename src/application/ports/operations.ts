import type { Ban, BanRefusal, BanRequest } from '../../domain/bans.ts';
import type { ConnectionId, NodeId } from '../../domain/ids.ts';
import type { Result } from '../../domain/result.ts';
import type { Carrier, SessionState } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { LogEvent } from './log.ts';
import type { HeldMessages } from './mailbox-store.ts';

/** The position behind a peer in a list: the slot of its connection, `@`, and its node. Opaque for clients. */
export type PeerCursor = string;

/** ADM2: which peers to list. */
export interface PeerQuery {
  readonly realm?: string | undefined;
  /** The beginning of the id. */
  readonly prefix?: string | undefined;
  /** ADM15: only peers of this node. */
  readonly node?: NodeId | undefined;
  /** The position behind which the page begins; undefined for the first page. */
  readonly after?: PeerCursor | undefined;
  readonly limit: number;
}

/** A peer or guest. */
export interface PeerSummary {
  readonly node: NodeId;
  readonly connection: ConnectionId;
  readonly realm: string;
  readonly id: string;
  readonly kind: 'peer' | 'guest';
  readonly state: SessionState;
  readonly dialect: string;
  readonly carrier: Carrier;
  readonly address: string;
  /** Time since the connection opened. */
  readonly openFor: Millis;
  /** Time since the last frame. */
  readonly idleFor: Millis;
}

/** ADM2: everything that the broker knows about a peer, without secrets and payloads. */
export interface PeerDetails extends PeerSummary {
  readonly framesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly bytesOut: number;
  /** Messages that wait in its mailbox; undefined if the store can't tell. */
  readonly waiting: HeldMessages | undefined;
  readonly topics: number;
  /** M19: reading is paused, because the peer exceeded its rate limit. */
  readonly isPaused: boolean;
  /** The user and the token that the peer authenticated with. */
  readonly subject: string | undefined;
  readonly tokenId: string | undefined;
  /** A5: undefined if the grant has no end. */
  readonly expiresIn: Millis | undefined;
}

/** A page of peers. `missing`: nodes of the cluster that did not answer in time. */
export interface PeerPage {
  readonly peers: readonly PeerSummary[];
  /** The position behind the last peer of the page; undefined at the end of the list. */
  readonly next: PeerCursor | undefined;
  readonly missing: readonly NodeId[];
}

/** The peer that an act or a look-up means. */
export interface PeerTarget {
  readonly realm: string;
  readonly id: string;
}

/** The reason for an act, for the log, and where the act comes from. */
export interface Act {
  readonly reason: string | undefined;
  /** The address of the operator; `library` for the embedding program. */
  readonly from: string;
}

/** How many connections an act closed, and the nodes that did not answer in time. */
export interface ActOutcome {
  readonly closed: number;
  readonly missing: readonly NodeId[];
}

/** ADM15: bans are kept in the engine of the cluster, which can't be reached. */
type EngineUnreachable = { readonly reason: 'engine-unreachable' };

/** The ban in effect, or the reason to refuse it. */
export type BanOutcome = Result<ActOutcome & { readonly ban: Ban }, BanRefusal | EngineUnreachable>;

/** The lifted ban, or the reason to refuse. */
export type UnbanOutcome = Result<
  { readonly ban: Ban; readonly missing: readonly NodeId[] },
  EngineUnreachable | { readonly reason: 'no-such-ban' }
>;

/** One frame of a traced peer, without its payload. */
export interface TraceLine {
  /** The node that sent or received it. */
  readonly node: NodeId;
  readonly at: Millis;
  /** `in`: the peer sent the frame. */
  readonly way: 'in' | 'out';
  readonly type: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly bytes: number;
}

/** Receives a trace. */
export interface TraceListener {
  line(line: TraceLine): void;
  /** Other nodes had more lines than they can keep. */
  dropped(lines: number): void;
  /** The nodes that do not answer have changed; empty if all answer again. */
  missing(nodes: readonly NodeId[]): void;
}

/** The refusals that the journal keeps. */
export type RefusalEvent = Extract<LogEvent, { event: 'connection-refused' | 'upgrade-refused' | 'request-refused' }>;
/** The close of a peer or guest. */
export type CloseEvent = Extract<LogEvent, { event: 'peer-closed' }>;

/** A refusal in the journal. */
export interface RefusalEntry {
  readonly node: NodeId;
  readonly at: Millis;
  readonly kind: 'connection' | 'upgrade' | 'request';
  readonly why: string;
  readonly detail: string | undefined;
  readonly address: string;
  readonly realm: string | undefined;
  readonly id: string | undefined;
  readonly path: string | undefined;
  readonly status: number | undefined;
  readonly limit: string | undefined;
}

/** A closed peer or guest in the journal. */
export interface CloseEntry {
  readonly node: NodeId;
  readonly at: Millis;
  readonly why: CloseEvent['ending'];
  readonly by: CloseEvent['end']['by'];
  readonly code: number | undefined;
  readonly realm: string;
  readonly id: string;
  readonly address: string | undefined;
  readonly openFor: Millis | undefined;
}

/** The entries of journals, the latest first, and the nodes that did not answer in time. */
export interface JournalPage<Entry> {
  readonly entries: readonly Entry[];
  readonly missing: readonly NodeId[];
}

/** Counts since the start. */
export interface Activity {
  readonly opened: number;
  readonly closed: number;
  readonly refused: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

/** A realm, and how near its limit it is. */
export interface RealmSummary {
  readonly realm: string;
  readonly peers: number;
  readonly limit: number;
}

/** The state of one node. */
export interface NodeOverview {
  readonly node: NodeId;
  readonly version: string;
  readonly upFor: Millis;
  readonly isDraining: boolean;
  /** Whether the engine of the cluster is reachable; true for a single node. */
  readonly isEngineReachable: boolean;
  readonly connections: number;
  readonly maxConnections: number;
  readonly peers: number;
  readonly bans: number;
  /** The first 100 realms with the most peers. */
  readonly realms: readonly RealmSummary[];
  readonly realmCount: number;
  /** Topics with subscribers, by space. */
  readonly topics: readonly { readonly space: string; readonly topics: number }[];
  readonly activity: Activity;
  /** Of the last second. */
  readonly perSecond: Activity;
}

/** The overviews of all nodes, and the nodes that did not answer in time. */
export interface ClusterOverview {
  readonly nodes: readonly NodeOverview[];
  readonly missing: readonly NodeId[];
}

/**
 * The driving port of operators: the admin listener and the library call it, outside of turns. ADM15: on any node of a cluster,
 * it answers for all nodes.
 */
export interface Operations {
  overview(answer: (overview: ClusterOverview) => void): void;
  /** ADM2: in the order of slots, so that no page needs a sorted copy of all connections. */
  peers(query: PeerQuery, answer: (page: PeerPage) => void): void;
  peer(target: PeerTarget, answer: (details: PeerDetails | undefined, missing: readonly NodeId[]) => void): void;
  /** ADM3. */
  expel(target: PeerTarget, act: Act, answer: (outcome: ActOutcome) => void): void;
  /** ADM4. */
  ban(request: BanRequest, act: Act, answer: (outcome: BanOutcome) => void): void;
  unban(id: string, act: Act, answer: (outcome: UnbanOutcome) => void): void;
  bans(): readonly Ban[];
  /** Drains a node and ends it. @param node undefined for this one. @param answer receives whether the node drains. */
  drain(node: NodeId | undefined, act: Act, answer: (isDraining: boolean) => void): void;
  /** ADM5: the last refusals and closes of one node, or of all nodes together. */
  refusals(node: NodeId | undefined, answer: (page: JournalPage<RefusalEntry>) => void): void;
  closes(node: NodeId | undefined, answer: (page: JournalPage<CloseEntry>) => void): void;
  /** ADM6, ADM15: on all nodes. @returns the function that ends the trace; undefined if too many traces are open. */
  trace(target: PeerTarget, act: Act, listener: TraceListener): (() => void) | undefined;
}
