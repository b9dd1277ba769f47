import { createHash } from 'node:crypto';
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
import type { Millis } from '../../../domain/time.ts';
import type { Token } from '../../../domain/token.ts';
import { worstOutcome } from '../shared/renew-outcomes.ts';
import { inSlices } from '../shared/slices.ts';
import type { OrderedAnswers } from './ordered-answers.ts';
import { isSameConnection, encodeMarker, type ClaimOwner } from './entries.ts';
import { leaseKey } from './keys.ts';
import type { JournalState } from './journal-state.ts';
import type { ClaimTables } from './claim-tables.ts';
import { wasTakenAfter } from './known-claim.ts';
import type { ClaimTable, UpdateResult } from './claim-table.ts';
import { GarbageCollector } from './garbage-collector.ts';

export interface NatsDirectorySettings {
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** If fewer places than this are free in a realm, the state is synchronized before a claim. */
const LIMIT_MARGIN = 64;

/** Ids that are listed in one turn of the event loop. */
const SLICE_SIZE = 2_000;

/** The directory on NATS. Leases end by the timestamps of the entries. Tokens are stored as digests only. */
export class NatsPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #claimTables: ClaimTables;
  readonly #answers: OrderedAnswers;
  readonly #settings: NatsDirectorySettings;
  readonly #collectors: ReadonlyMap<ClaimTable, GarbageCollector>;
  /** Claims without a reply that have not been released. */
  readonly #pendingClaims = new Set<Claim>();

  constructor(claimTables: ClaimTables, answers: OrderedAnswers, settings: NatsDirectorySettings) {
    this.lease = settings.lease;
    this.#claimTables = claimTables;
    this.#answers = answers;
    this.#settings = settings;
    this.#collectors = new Map(claimTables.all().map((table) => [table, new GarbageCollector(table, settings.lease)]));
  }

  claim(claim: Claim, answer: ClaimAnswer): void {
    const deliver = this.#answers.reserve();
    this.#pendingClaims.add(claim);
    void this.#claim(claim).then(({ outcome, previous, number }) => {
      this.#pendingClaims.delete(claim);
      deliver(() => answer(outcome, previous, number));
    });
  }

  check({ realm, id, token }: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    this.#query(realm.key, (state) => {
      const outcome = this.#outcomeOf(state, id, digestOf(token));
      answer(outcome === 'near-limit' ? 'granted' : outcome);
    });
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const deliver = this.#answers.reserve();
    const owner = ownerOf(claim);
    let isLost = false;
    const { claimNumber } = claim;
    const table = this.#claimTables.of(claim.realm.key);
    const updated = table.update(claim.id, (state) => {
      const stored = state.claim(claim.id);
      const { owner: current, restored } = stored ?? {};
      const isHeld = current !== undefined && isSameConnection(current, owner);
      const isFree =
        current === undefined
          ? stored === undefined || !wasTakenAfter(stored, { ...owner, claimNumber }, table.journal.streamId)
          : isEarlierClaim(restored, claimNumber);
      isLost = !isHeld && !(ifFree && isFree);
      return isHeld || isLost ? undefined : { owner, restored: claimNumber };
    });
    void updated.then(() => deliver(() => answer(isLost ? 'lost' : 'held')));
  }

  release(claim: Claim): void {
    this.#pendingClaims.delete(claim);
    void this.#claimTables.of(claim.realm.key).update(claim.id, (state) => state.released(claim.id, ownerOf(claim)));
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded: readonly SupersededClaim[]) => void): void {
    const deliver = this.#answers.reserve();
    const superseded: SupersededClaim[] = [];
    const all = this.#claimTables.entries().map(async ([realm, table]) => {
      const { journal } = table;
      const result = await journal.append({ key: leaseKey(node), body: encodeMarker(journal.timeOverride) });
      if (result === 'failed' || !('revision' in result)) return 'failed';
      await journal.waitForOwn(result.revision);
      void this.#collectors.get(table)?.run();
      for (const moved of journal.state.takeSuperseded()) superseded.push({ realm, ...moved });
      return journal.state.takeLeaseOutcome();
    });
    void Promise.all(all).then((outcomes) => deliver(() => answer(worstOutcome(outcomes), superseded)));
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#query(realm, (state, isCurrent) => answer(isCurrent ? state.activeOwner(id)?.node : undefined));
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    const table = this.#claimTables.of(realm);
    void this.#present(table).then(answer);
  }

  /** In slices, so that a large realm does not block the process. */
  async #present(table: ClaimTable): Promise<readonly PeerId[]> {
    await table.settled();
    await table.journal.sync();
    const ids: PeerId[] = [];
    for await (const some of inSlices(table.journal.state.activeIds(), SLICE_SIZE)) ids.push(...some);
    return ids;
  }

  async #claim(claim: Claim): Promise<ClaimResult> {
    const { realm, id } = claim;
    const owner = ownerOf(claim);
    const table = this.#claimTables.of(realm.key);
    let outcome: ClaimOutcome = 'granted';
    let previous: Holder | undefined;
    const changed: UpdateResult = await table.update(id, async () => {
      if (this.#outcomeOf(table.journal.state, id, owner.digest) !== 'granted') await table.journal.sync();
      const { state } = table.journal;
      const current = this.#outcomeOf(state, id, owner.digest);
      outcome = current === 'near-limit' ? 'granted' : current;
      // A connection that closed before its claim was sent must not take the id from its owner.
      if (!this.#pendingClaims.has(claim)) outcome = 'taken';
      if (outcome !== 'granted') return undefined;
      const active = state.activeOwner(id);
      previous = active === undefined ? undefined : { node: active.node, connection: active.connection };
      return { owner };
    });
    if (changed === 'failed') return { outcome: 'full' };
    return outcome === 'granted' ? { outcome, previous, number: numberOf(table, claim) } : { outcome };
  }

  /** O4, O5, O6. */
  #outcomeOf(state: JournalState, id: PeerId, digest: string): ClaimOutcome | 'near-limit' {
    const owner = state.activeOwner(id);
    if (owner !== undefined) return owner.digest === digest ? 'granted' : 'taken';
    const { concurrentLimit: limit } = this.#settings;
    if (limit === 0 || state.claim(id)?.owner !== undefined || state.claimCount(id) < limit - LIMIT_MARGIN) return 'granted';
    return state.activeClaimCount(id) >= limit ? 'full' : 'near-limit';
  }

  /** @param then also receives whether the state includes all entries that were written before the call. */
  #query(realm: RealmKey, then: (state: JournalState, isCurrent: boolean) => void): void {
    const deliver = this.#answers.reserve();
    const table = this.#claimTables.of(realm);
    const { journal } = table;
    void table
      .settled()
      .then(() => journal.sync())
      .then((isCurrent) => deliver(() => then(journal.state, isCurrent)));
  }
}

interface ClaimResult {
  readonly outcome: ClaimOutcome;
  readonly previous?: Holder | undefined;
  readonly number?: ClaimNumber | undefined;
}

/** The revision of the claim orders the claims of a stream. Undefined if the claim has moved already. */
function numberOf({ journal }: ClaimTable, { realm, id, connection }: Claim): ClaimNumber | undefined {
  const { streamId: era, state } = journal;
  const stored = state.claim(id);
  const isOwner = isSameConnection(stored?.owner, { node: realm.node, connection });
  return stored === undefined || era === undefined || !isOwner ? undefined : { era, count: stored.revision };
}

function ownerOf({ realm, connection, token }: Claim): ClaimOwner {
  return { node: realm.node, connection, digest: digestOf(token) };
}

function digestOf(token: Token): string {
  return createHash('sha256').update(token.identity).digest('base64url');
}
