import type { ClaimNumber } from '../../domain/claim-number.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';

/** The outcome of a claim. O6: `full`: the realm has reached its peer limit in the whole cluster. */
export type ClaimOutcome = 'granted' | 'taken' | 'full';

/** The outcome of renewing a lease. */
export type RenewOutcome = 'kept' | 'lapsed' | 'unknown' | 'failed';

/** The connection that holds an id. */
export interface Holder {
  readonly node: NodeId;
  readonly connection: ConnectionId;
}

/** O5: a claim that has moved to another node. */
export interface SupersededClaim {
  readonly realm: RealmKey;
  readonly id: PeerId;
  readonly connection: ConnectionId;
}

/** The claim of a connection to an id of a realm. Every session is a claim. */
export interface Claim {
  readonly realm: { readonly key: RealmKey; readonly node: NodeId };
  readonly id: PeerId;
  readonly token: Token;
  readonly connection: ConnectionId;
  /** The number with which the claim was granted. Undefined before, and if the directory cannot lose its data. */
  readonly claimNumber?: ClaimNumber | undefined;
}

/** Receives the previous holder of a granted id, if its lease had not ended, and the number of the claim. */
export type ClaimAnswer = (outcome: ClaimOutcome, previous?: Holder, number?: ClaimNumber) => void;

/**
 * Decides which connection owns an id, for the whole cluster. Each callback is called exactly once, from inside the call or
 * later, in the order of the calls of one node; the caller must handle both.
 */
export interface PeerDirectory {
  /**
   * How long the claims of a node are valid without `renewLease`, by the directory's own clock; NEVER if claims can't outlive
   * their node.
   */
  readonly lease: Millis;

  /**
   * Atomic. A free id is `granted`. An id with the same token is `granted` too, and the claim moves to this connection. If a
   * claim moves from another node, the bus sends `superseded` to that node, also after its lease has ended. Any other id is
   * `taken`. Tokens compare in constant time.
   */
  claim(claim: Claim, answer: ClaimAnswer): void;

  /** H18: reports what a claim would answer now, and changes nothing. */
  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void;

  /**
   * Reports whether this connection holds the id, including after its node's lease was renewed.
   * @param ifFree whether to claim the id again if no holder is known, because the directory may have lost its data. An earlier
   * claim (`claimNumber`) that was stored again in this way then moves to this connection, as in `claim`. `lost` if the id was
   * claimed and released since the loss, because that claim was later.
   */
  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void;

  /**
   * Releases the id if this connection holds it; otherwise has no effect. A claim that is still waiting for an unreachable
   * directory is cancelled.
   */
  release(claim: Claim): void;

  /**
   * Renews the lease of all claims of `node`. `lapsed`: the lease had ended, and other nodes may have claimed the ids; reported
   * once, also if a claim of the node has started a new lease meanwhile. `unknown`: the directory has no state of the node, or
   * lost its state. `failed`: the lease was not renewed.
   * @param answer also receives claims that moved to other nodes during the lease, each once, in case the notification was lost.
   */
  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void;

  /** Reports the node that holds the id; undefined for none. */
  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void;

  /** H4: reports the ids that are held in a realm, on any node. The callback may be called after those of later calls. */
  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void;
}
