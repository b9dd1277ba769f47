import type { Clock } from '../../../application/ports/clock.ts';
import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type {
  Claim,
  ClaimAnswer,
  ClaimOutcome,
  Holder,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../../../application/ports/peer-directory.ts';
import { isEarlierClaim, type ClaimNumber } from '../../../domain/claim-number.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { ClaimCounts } from './claim-counts.ts';
import { RecentIds } from './recent-ids.ts';

/** A stored claim. */
interface HeldClaim extends Claim {
  /** The number of a claim that was stored again after a loss of the data. */
  readonly restored?: ClaimNumber | undefined;
}

/** A directory in memory: for a single broker, or shared by the nodes of a simulated cluster. */
export class MemoryPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #clock: Clock;
  readonly #notify: (node: NodeId, word: BusMessage) => void;
  readonly #era: string | undefined;
  #grantedClaims = 0;
  /** Ids that were released in this era. Empty without an era. */
  readonly #released = new RecentIds();
  /** O6: undefined without a limit. */
  readonly #counts: ClaimCounts | undefined;
  readonly #limits: { readonly concurrentLimit: number } | undefined;
  readonly #realms = new Map<RealmKey, Map<PeerId, HeldClaim>>();
  readonly #leaseEnds = new Map<NodeId, Millis>();
  /** Nodes that have renewed a lease. A lease that a claim started does not show that older claims are known. */
  readonly #renewed = new Set<NodeId>();
  /** Nodes that claimed an id after their lease had ended. `keep` reports it once. */
  readonly #lapsed = new Set<NodeId>();
  /** O5: claims of each node that have moved since the last renewal of its lease. */
  readonly #superseded = new Map<NodeId, SupersededClaim[]>();

  /**
   * @param lease NEVER for a single node, whose claims end with its process.
   * @param notify sends a message to a node of the cluster.
   * @param era of the numbers of the claims. Undefined for a directory that cannot lose its data.
   * @param limits O6: peers of one realm at all nodes; undefined if another part of the broker enforces the limit.
   */
  constructor(
    clock: Clock,
    lease: Millis = NEVER,
    notify: (node: NodeId, word: BusMessage) => void = () => undefined,
    era?: string,
    limits?: { readonly concurrentLimit: number },
  ) {
    this.#clock = clock;
    this.lease = lease;
    this.#notify = notify;
    this.#era = era;
    this.#limits = limits;
    this.#counts = limits === undefined ? undefined : new ClaimCounts();
  }

  claim(claim: Claim, answer: ClaimAnswer): void {
    const { key, node } = claim.realm;
    const claims = this.#claimsOf(key);
    const before = claims.get(claim.id);
    const holder = before === undefined || this.#hasLapsed(before.realm.node) ? undefined : before;
    if (holder !== undefined && !holder.token.matches(claim.token)) return answer('taken');
    if (holder === undefined && this.#isFull(key)) return answer('full');
    claims.set(claim.id, claim);
    this.#counts?.move(key, before?.realm.node, node);
    if (this.#hasLapsed(node)) this.#startLease(node);
    const previous = holder === undefined ? undefined : { node: holder.realm.node, connection: holder.connection };
    answer('granted', previous, this.#nextNumber());
    if (before !== undefined) this.#notifySuperseded(before, node);
  }

  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    const holder = this.#holder(claim.realm.key, claim.id);
    if (holder === undefined) return answer(this.#isFull(claim.realm.key) ? 'full' : 'granted');
    answer(holder.token.matches(claim.token) ? 'granted' : 'taken');
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const claims = this.#claimsOf(claim.realm.key);
    const holder = claims.get(claim.id);
    if (holder !== undefined && isSameConnection(holder, claim)) return answer('held');
    const { claimNumber } = claim;
    if (!ifFree || (holder !== undefined && !isEarlierClaim(holder.restored, claimNumber))) return answer('lost');
    if (holder === undefined && this.#wasClaimedLater(claim)) return answer('lost');
    const { realm, id, token, connection } = claim;
    claims.set(id, { realm, id, token, connection, restored: claimNumber });
    this.#counts?.move(realm.key, holder?.realm.node, realm.node);
    answer('held');
    if (holder !== undefined) this.#notifySuperseded(holder, claim.realm.node);
  }

  release(claim: Claim): void {
    const claims = this.#realms.get(claim.realm.key);
    const holder = claims?.get(claim.id);
    if (holder === undefined || !isSameConnection(holder, claim)) return;
    claims?.delete(claim.id);
    this.#counts?.move(claim.realm.key, claim.realm.node, undefined);
    if (this.#era !== undefined) this.#released.add(claim.realm.key, claim.id);
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void {
    const hasLapsed = this.#lapsed.delete(node) || this.#hasLapsed(node);
    const outcome = !this.#renewed.has(node) ? 'unknown' : hasLapsed ? 'lapsed' : 'kept';
    this.#renewed.add(node);
    this.#leaseEnds.set(node, this.#clock.now() + this.lease);
    const superseded = this.#superseded.get(node) ?? [];
    this.#superseded.delete(node);
    answer(outcome, superseded);
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    answer(this.#holder(realm, id)?.realm.node);
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    const ids = [...(this.#realms.get(realm)?.keys() ?? [])];
    answer(ids.filter((id) => this.#holder(realm, id) !== undefined));
  }

  /** The owner of an id, and whether its lease is valid. For a mailbox store that shares this state. */
  holderOf(realm: RealmKey, id: PeerId): (Holder & { readonly isAlive: boolean }) | undefined {
    const claim = this.#realms.get(realm)?.get(id);
    if (claim === undefined) return undefined;
    return { node: claim.realm.node, connection: claim.connection, isAlive: !this.#hasLapsed(claim.realm.node) };
  }

  /** The nodes with a valid lease. */
  liveNodes(): NodeId[] {
    return [...this.#leaseEnds.keys()].filter((node) => !this.#hasLapsed(node));
  }

  /** Ends the lease of a node whose process has ended: other tokens may claim its ids at once. */
  endLease(node: NodeId): void {
    this.#leaseEnds.delete(node);
    this.#renewed.delete(node);
    this.#lapsed.delete(node);
    this.#superseded.delete(node);
  }

  /**
   * Removes the claims of a node whose lease was ended, so that they take no memory. In steps, because there may be many: each
   * step examines at most `size` claims.
   */
  *removeClaims(node: NodeId, size: number): Generator<void, void> {
    let examined = 0;
    for (const [key, claims] of this.#realms) {
      for (const [id, claim] of claims) {
        if (claim.realm.node === node) {
          claims.delete(id);
          this.#counts?.move(key, node, undefined);
        }
        if (++examined % size === 0) yield;
      }
    }
  }

  /** Whether a claim of an earlier era is of an id that was claimed and released in this one. */
  #wasClaimedLater({ realm, id, claimNumber }: Claim): boolean {
    const isOfEarlierEra = claimNumber !== undefined && claimNumber.era !== this.#era;
    return isOfEarlierEra && this.#released.has(realm.key, id);
  }

  #isFull(realm: RealmKey): boolean {
    if (this.#counts === undefined || this.#limits === undefined) return false;
    return this.#counts.inRealm(realm, (node) => !this.#hasLapsed(node)) >= this.#limits.concurrentLimit;
  }

  #nextNumber(): ClaimNumber | undefined {
    if (this.#era === undefined) return undefined;
    this.#grantedClaims += 1;
    return { era: this.#era, count: this.#grantedClaims };
  }

  /** @param to the node to which the claim has moved. */
  #notifySuperseded({ realm: { key, node }, id, connection }: HeldClaim, to: NodeId): void {
    if (node === to) return;
    const superseded = { realm: key, id, connection };
    if (!this.#hasLapsed(node)) {
      const all = this.#superseded.get(node) ?? [];
      this.#superseded.set(node, all);
      all.push(superseded);
    }
    this.#notify(node, { type: 'superseded', ...superseded });
  }

  #startLease(node: NodeId): void {
    this.#lapsed.add(node);
    this.#leaseEnds.set(node, this.#clock.now() + this.lease);
  }

  /** The claim of an id, if its lease is valid. */
  #holder(realm: RealmKey, id: PeerId): HeldClaim | undefined {
    const claim = this.#realms.get(realm)?.get(id);
    return claim === undefined || this.#hasLapsed(claim.realm.node) ? undefined : claim;
  }

  /** Whether the lease of `node` has ended, or was never started. */
  #hasLapsed(node: NodeId): boolean {
    return this.#clock.now() >= (this.#leaseEnds.get(node) ?? 0);
  }

  #claimsOf(realm: RealmKey): Map<PeerId, HeldClaim> {
    const known = this.#realms.get(realm);
    if (known !== undefined) return known;
    const claims = new Map<PeerId, HeldClaim>();
    this.#realms.set(realm, claims);
    return claims;
  }
}

/** Whether both claims are of the same connection. */
function isSameConnection(held: Claim, claim: Claim): boolean {
  return held.realm.node === claim.realm.node && held.connection === claim.connection;
}
