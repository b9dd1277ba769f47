import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';

/** What the directory says to a claim. */
export type ClaimOutcome = 'granted' | 'taken';

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
   * the claim moves to this connection. Any other is `taken`. Tokens compare in constant time.
   */
  claim(claim: Claim, answer: (outcome: ClaimOutcome) => void): void;

  /** Gives the id back, if this very connection still holds it; else nothing happens. */
  release(claim: Claim): void;

  /** Prolongs all claims of `node` by the lease. */
  keep(node: NodeId): void;

  /** Which node holds the id now; undefined for none. */
  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void;
}
