import type { Clock } from '../../../application/ports/clock.ts';
import type { Claim, ClaimOutcome, PeerDirectory } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** A directory for the nodes of one process: a single broker, or a simulated cluster that shares it. */
export class MemoryPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #clock: Clock;
  readonly #realms = new Map<RealmKey, Map<PeerId, Claim>>();
  readonly #keptUntil = new Map<NodeId, Millis>();

  /** @param lease NEVER for a single node, whose claims can't outlive it. */
  constructor(clock: Clock, lease: Millis = NEVER) {
    this.#clock = clock;
    this.lease = lease;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome) => void): void {
    const { key, node } = claim.realm;
    const holder = this.#holder(key, claim.id);
    if (holder !== undefined && !holder.token.matches(claim.token)) return answer('taken');
    this.#claimsOf(key).set(claim.id, claim);
    if (this.#hasLapsed(node)) this.keep(node);
    answer('granted');
  }

  release(claim: Claim): void {
    const claims = this.#realms.get(claim.realm.key);
    const holder = claims?.get(claim.id);
    if (holder?.realm.node !== claim.realm.node || holder.connection !== claim.connection) return;
    claims?.delete(claim.id);
  }

  keep(node: NodeId): void {
    this.#keptUntil.set(node, this.#clock.now() + this.lease);
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    answer(this.#holder(realm, id)?.realm.node);
  }

  /** Who holds the id, unless its node's lease has ended. */
  #holder(realm: RealmKey, id: PeerId): Claim | undefined {
    const claim = this.#realms.get(realm)?.get(id);
    return claim === undefined || this.#hasLapsed(claim.realm.node) ? undefined : claim;
  }

  /** Whether the lease of `node` has ended, or never began. */
  #hasLapsed(node: NodeId): boolean {
    return this.#clock.now() >= (this.#keptUntil.get(node) ?? 0);
  }

  #claimsOf(realm: RealmKey): Map<PeerId, Claim> {
    const claims = this.#realms.get(realm) ?? new Map<PeerId, Claim>();
    this.#realms.set(realm, claims);
    return claims;
  }
}
