import type { ConnectionId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Publication } from '../../domain/topic.ts';

/** T4: tell your listeners. */
export interface PublicationWord {
  readonly say: 'publication';
  readonly realm: RealmKey;
  readonly space: string;
  readonly remembers: boolean;
  readonly publication: Publication;
}

/** What a node is told. */
export type NodeWord =
  /** O11: something waits for a peer that is seated at yours. The mailbox store sees to it. */
  | { readonly say: 'mail'; readonly realm: RealmKey; readonly id: PeerId }
  /** O5: the claim of your connection has moved to another node. The directory sees to it. */
  | { readonly say: 'superseded'; readonly realm: RealmKey; readonly id: PeerId; readonly connection: ConnectionId }
  | PublicationWord;

/** What a node does when it is told something. */
export interface NodeEars {
  readonly heard: (word: NodeWord) => void;
  /** Words may have been lost, of any node. */
  readonly missed: () => void;
}

/**
 * Carries words between the nodes of a cluster: each at most once, those of one node to another in their order.
 * What may not be lost is not told here: it waits in a mailbox, and a word about it only makes haste.
 */
export interface NodeBus {
  /** Whether the engine that the nodes share can be reached now, as far as this node knows. */
  readonly isReached: boolean;
  /** Begins to listen for this node; to be called once, before anything is told. */
  listen(ears: NodeEars): void;
  /** Tells all other nodes, and not from inside the call. Borrows the word for the call. */
  tellOthers(word: PublicationWord): void;
  /** Says nothing more, and hears nothing more. */
  close(): Promise<void>;
}
