import type { Clock } from '../../../application/ports/clock.ts';
import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type {
  Claim,
  ClaimOutcome,
  Holder,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** A directory in memory: for a single broker, or shared by the nodes of a simulated cluster. */
export class MemoryPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #clock: Clock;
  readonly #notify: (node: NodeId, word: BusMessage) => void;
  readonly #realms = new Map<RealmKey, Map<PeerId, Claim>>();
  readonly #leaseEnds = new Map<NodeId, Millis>();
  /** Nodes that claimed an id after their lease had ended. `keep` reports it once. */
  readonly #lapsed = new Set<NodeId>();
  /** O5: claims of each node that have moved since the last renewal of its lease. */
  readonly #superseded = new Map<NodeId, readonly SupersededClaim[]>();

  /**
   * @param lease NEVER for a single node, whose claims end with its process.
   * @param notify sends a message to a node of the cluster.
   */
  constructor(clock: Clock, lease: Millis = NEVER, notify: (node: NodeId, word: BusMessage) => void = () => undefined) {
    this.#clock = clock;
    this.lease = lease;
    this.#notify = notify;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void {
    const { key, node } = claim.realm;
    const holder = this.#holder(key, claim.id);
    if (holder !== undefined && !holder.token.matches(claim.token)) return answer('taken');
    const before = this.#claimsOf(key).get(claim.id);
    this.#claimsOf(key).set(claim.id, claim);
    if (this.#hasLapsed(node)) this.#startLease(node);
    answer('granted', holder === undefined ? undefined : { node: holder.realm.node, connection: holder.connection });
    if (before === undefined || before.realm.node === node) return;
    const superseded = { realm: key, id: claim.id, connection: before.connection };
    if (holder !== undefined) this.#superseded.set(holder.realm.node, [...this.#supersededOf(holder.realm.node), superseded]);
    this.#notify(before.realm.node, { type: 'superseded', ...superseded });
  }

  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    const holder = this.#holder(claim.realm.key, claim.id);
    answer(holder === undefined || holder.token.matches(claim.token) ? 'granted' : 'taken');
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const claims = this.#claimsOf(claim.realm.key);
    const holder = claims.get(claim.id);
    if (holder !== undefined) return answer(isSameConnection(holder, claim) ? 'held' : 'lost');
    if (!ifFree) return answer('lost');
    claims.set(claim.id, claim);
    answer('held');
  }

  release(claim: Claim): void {
    const claims = this.#realms.get(claim.realm.key);
    const holder = claims?.get(claim.id);
    if (holder !== undefined && isSameConnection(holder, claim)) claims?.delete(claim.id);
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void {
    const lapsed = this.#leaseEnds.has(node) ? 'lapsed' : 'unknown';
    const outcome = this.#lapsed.delete(node) || this.#hasLapsed(node) ? lapsed : 'kept';
    this.#leaseEnds.set(node, this.#clock.now() + this.lease);
    const superseded = this.#supersededOf(node);
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

  #supersededOf(node: NodeId): readonly SupersededClaim[] {
    return this.#superseded.get(node) ?? [];
  }

  #startLease(node: NodeId): void {
    if (this.#leaseEnds.has(node)) this.#lapsed.add(node);
    this.#leaseEnds.set(node, this.#clock.now() + this.lease);
  }

  /** The claim of an id, if its lease is valid. */
  #holder(realm: RealmKey, id: PeerId): Claim | undefined {
    const claim = this.#realms.get(realm)?.get(id);
    return claim === undefined || this.#hasLapsed(claim.realm.node) ? undefined : claim;
  }

  /** Whether the lease of `node` has ended, or was never started. */
  #hasLapsed(node: NodeId): boolean {
    return this.#clock.now() >= (this.#leaseEnds.get(node) ?? 0);
  }

  #claimsOf(realm: RealmKey): Map<PeerId, Claim> {
    const claims = this.#realms.get(realm) ?? new Map<PeerId, Claim>();
    this.#realms.set(realm, claims);
    return claims;
  }
}

/** Whether both claims are of the same connection. */
function isSameConnection(held: Claim, claim: Claim): boolean {
  return held.realm.node === claim.realm.node && held.connection === claim.connection;
}
