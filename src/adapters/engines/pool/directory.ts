import type {
  Claim,
  ClaimAnswer,
  ClaimOutcome,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { POOL, pooledName, realmOfPooledName, unpooledName } from '../shared/pooled-names.ts';
import { inSlices } from '../shared/slices.ts';

/** Names that are read in one turn of the event loop. */
const SLICE_SIZE = 2_000;

/** The directory of another engine, with the realms by pattern in the pool. */
export class PooledPeerDirectory implements PeerDirectory {
  readonly #inner: PeerDirectory;
  readonly #isPooled: (realm: RealmKey) => boolean;
  /** A claim and its release must be the same object for the engine. */
  readonly #claims = new WeakMap<Claim, Claim>();

  constructor(inner: PeerDirectory, isPooled: (realm: RealmKey) => boolean) {
    this.#inner = inner;
    this.#isPooled = isPooled;
  }

  get lease(): Millis {
    return this.#inner.lease;
  }

  claim(claim: Claim, answer: ClaimAnswer): void {
    this.#inner.claim(this.#claimFor(claim), answer);
  }

  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    const { realm, id, token } = claim;
    const pooled = { realm: { key: POOL, node: realm.node }, id: pooledName(realm.key, id), token };
    this.#inner.check(this.#isPooled(realm.key) ? pooled : claim, answer);
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const { claimNumber } = claim;
    this.#inner.confirm({ ...this.#claimFor(claim), claimNumber }, ifFree, answer);
  }

  release(claim: Claim): void {
    this.#inner.release(this.#claimFor(claim));
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void {
    this.#inner.renewLease(node, (outcome, superseded) => answer(outcome, superseded?.map(unpooledClaim)));
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    if (this.#isPooled(realm)) this.#inner.locate(POOL, pooledName(realm, id), answer);
    else this.#inner.locate(realm, id, answer);
  }

  /** The cost is proportional to the number of peers in all realms by pattern. */
  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    if (!this.#isPooled(realm)) return this.#inner.present(realm, answer);
    this.#inner.present(POOL, (ids) => void this.#namesIn(realm, ids).then(answer));
  }

  async #namesIn(realm: RealmKey, ids: readonly PeerId[]): Promise<readonly PeerId[]> {
    const names: PeerId[] = [];
    for await (const some of inSlices(ids, SLICE_SIZE)) {
      for (const id of some) if (realmOfPooledName(id) === realm) names.push(unpooledName(id));
    }
    return names;
  }

  #claimFor(claim: Claim): Claim {
    const { realm, id, token, connection } = claim;
    if (!this.#isPooled(realm.key)) return claim;
    const known = this.#claims.get(claim);
    if (known !== undefined) return known;
    const pooled = { realm: { key: POOL, node: realm.node }, id: pooledName(realm.key, id), token, connection };
    this.#claims.set(claim, pooled);
    return pooled;
  }
}

function unpooledClaim(claim: SupersededClaim): SupersededClaim {
  if (claim.realm !== POOL) return claim;
  return { ...claim, realm: realmOfPooledName(claim.id), id: unpooledName(claim.id) };
}
