import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';

/** What the directory says to a claim. O6: `full` where the realm has as many peers as it may, in the whole cluster. */
export type ClaimOutcome = 'granted' | 'taken' | 'full';

/** The result of renewing a lease. */
export type RenewOutcome = 'kept' | 'lapsed' | 'unknown' | 'failed';

/** Which connection spoke for an id. */
export interface Holder {
  readonly node: NodeId;
  readonly connection: ConnectionId;
}

/** One connection of a node that wants to speak for an id of a realm, or does. Every session is one. */
export interface Claim {
  readonly realm: { readonly key: RealmKey; readonly node: NodeId };
  readonly id: PeerId;
  readonly token: Token;
  readonly connection: ConnectionId;
}

/**
 * Who owns an id in the whole cluster. Each answer comes exactly once, from inside the call or
 * later, in the order of the calls of one node; the caller must be ready for both.
 */
export interface PeerDirectory {
  /**
   * How long the claims of a node hold unless it says `keep`; NEVER where they can't outlive
   * their node. Judged by the directory's own time.
   */
  readonly lease: Millis;

  /**
   * Atomic, whatever races: a free id is `granted`; so is one that the same token holds, and then
   * the claim moves to this connection. Whenever a claim moves from another node, that node hears so soon, by the word
   * `superseded` of its bus, also if its lease had ended.
   * Any other is `taken`. Tokens compare in constant time.
   * @param answer is told, too, who held what was granted, where its lease had not ended.
   */
  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void;

  /**
   * Whether this very connection still holds the id, or does again now that its node's lease goes on.
   * @param ifFree whether it may take the id, where nobody holds it and nobody is known to have held it.
   */
  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void;

  /**
   * Gives the id back, if this very connection still holds it; else nothing happens. Where its claim still waits for a directory
   * that is out of reach, it is not made any more.
   */
  release(claim: Claim): void;

  /**
   * Prolongs all claims of `node` by the lease. `lapsed`: it had ended, and what was claimed may be somebody else's; reported
   * once, also where a claim of the node has begun a new lease meanwhile. `unknown`: the directory has never heard of the node,
   * or has forgotten all it was told. `failed`: the lease was not renewed.
   */
  renewLease(node: NodeId, answer: (outcome: RenewOutcome) => void): void;

  /** Which node holds the id now; undefined for none. */
  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void;

  /** H4: the ids that are held in a realm now, on whatever node. The answer may come after those to later calls. */
  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void;
}
