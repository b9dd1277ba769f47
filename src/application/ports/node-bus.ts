import type { ConnectionId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Publication } from '../../domain/topic.ts';

/** T4: tell your listeners. */
export interface BusPublication {
  readonly type: 'publication';
  readonly realm: RealmKey;
  readonly space: string;
  readonly keepsHistory: boolean;
  readonly publication: Publication;
}

/** What a node is told. */
export type BusMessage =
  /** O11: something waits for a peer that is seated at yours. The mailbox store sees to it. */
  | { readonly type: 'mail'; readonly realm: RealmKey; readonly id: PeerId }
  /** O5: the claim of your connection has moved to another node. The directory sees to it. */
  | { readonly type: 'superseded'; readonly realm: RealmKey; readonly id: PeerId; readonly connection: ConnectionId }
  | BusPublication;

/** What a node does when it is told something. */
export interface BusListener {
  readonly onMessage: (word: BusMessage) => void;
  /** Words may have been lost, of any node. */
  readonly onMessagesLost: () => void;
}

/**
 * Carries words between the nodes of a cluster: each at most once, those of one node to another in their order.
 * What may not be lost is not told here: it waits in a mailbox, and a word about it only makes haste.
 */
export interface NodeBus {
  /** Whether the engine that the nodes share can be reached now, as far as this node knows. */
  readonly isReachable: boolean;
  /** Begins to listen for this node; to be called once, before anything is told. */
  listen(ears: BusListener): void;
  /** Tells all other nodes, and not from inside the call. Borrows the word for the call. */
  broadcast(word: BusPublication): void;
  /** Says nothing more, and hears nothing more. */
  close(): Promise<void>;
}
