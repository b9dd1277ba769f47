import { createHash } from 'node:crypto';
import type { Claim, ClaimOutcome, Holder, RenewOutcome, PeerDirectory } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worstOutcome } from '../shared/keep-outcomes.ts';
import type { OrderedAnswers } from './ordered-answers.ts';
import { isSameConnection, encodeMarker, type ClaimOwner } from './entries.ts';
import { leaseKey } from './keys.ts';
import type { JournalState } from './journal-state.ts';
import type { ClaimTables } from './claim-tables.ts';
import type { UpdateResult } from './claim-table.ts';
import { collectGarbage } from './garbage-collection.ts';

export interface NatsDirectorySettings {
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** A realm with no more room than this is looked at twice before somebody is let in. */
const LIMIT_MARGIN = 64;

/** Who owns an id, in the journals of NATS. Leases end by the time of the entries. Tokens stand there as digests only. */
export class NatsPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #claimTables: ClaimTables;
  readonly #answers: OrderedAnswers;
  readonly #settings: NatsDirectorySettings;
  /** Claims that have no answer yet, and have not been given back. */
  readonly #pendingClaims = new Set<Claim>();

  constructor(realms: ClaimTables, answers: OrderedAnswers, settings: NatsDirectorySettings) {
    this.lease = settings.lease;
    this.#claimTables = realms;
    this.#answers = answers;
    this.#settings = settings;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void {
    const letOut = this.#answers.reserve();
    this.#pendingClaims.add(claim);
    void this.#claim(claim).then(([outcome, before]) => {
      this.#pendingClaims.delete(claim);
      letOut(() => answer(outcome, before));
    });
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const letOut = this.#answers.reserve();
    const mine = ownerOf(claim);
    let isLost = false;
    const change = this.#claimTables.of(claim.realm.key).update(claim.id, (ledger) => {
      const seat = ledger.claim(claim.id);
      isLost = seat?.owner === undefined ? !ifFree : !isSameConnection(seat.owner, mine);
      return isLost || seat?.owner !== undefined ? undefined : { owner: mine };
    });
    void change.then(() => letOut(() => answer(isLost ? 'lost' : 'held')));
  }

  release(claim: Claim): void {
    this.#pendingClaims.delete(claim);
    void this.#claimTables.of(claim.realm.key).update(claim.id, (ledger) => ledger.released(claim.id, ownerOf(claim)));
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome) => void): void {
    const letOut = this.#answers.reserve();
    const all = this.#claimTables.all().map(async (seats) => {
      const { journal } = seats;
      const appended = await journal.append({ key: leaseKey(node), body: encodeMarker(journal.timeOverride) });
      if (appended === 'failed' || !('at' in appended)) return 'failed';
      await journal.waitForOwn(appended.at);
      collectGarbage(seats, this.lease);
      return journal.state.takeLeaseOutcome();
    });
    void Promise.all(all).then((outcomes) => letOut(() => answer(worstOutcome(outcomes))));
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#query(realm, (ledger) => answer(ledger.activeOwner(id)?.node));
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#query(realm, (ledger) => answer(ledger.activeIds()));
  }

  async #claim(claim: Claim): Promise<[ClaimOutcome, Holder | undefined]> {
    const { realm, id } = claim;
    const mine = ownerOf(claim);
    const seats = this.#claimTables.of(realm.key);
    let outcome: ClaimOutcome = 'granted';
    let before: Holder | undefined;
    const changed: UpdateResult = await seats.update(id, async () => {
      if (this.#outcomeOf(seats.journal.state, id, mine) !== 'granted') await seats.journal.sync();
      const { state } = seats.journal;
      const judged = this.#outcomeOf(state, id, mine);
      outcome = judged === 'tight' ? 'granted' : judged;
      // Whoever has gone while the engine was out of reach takes the id from nobody.
      if (!this.#pendingClaims.has(claim)) outcome = 'taken';
      if (outcome !== 'granted') return undefined;
      const owner = state.activeOwner(id);
      before = owner === undefined ? undefined : { node: owner.node, connection: owner.connection };
      return { owner: mine };
    });
    return changed === 'failed' ? ['full', undefined] : [outcome, outcome === 'granted' ? before : undefined];
  }

  /** O4, O5, O6. */
  #outcomeOf(ledger: JournalState, id: PeerId, mine: ClaimOwner): ClaimOutcome | 'tight' {
    const owner = ledger.activeOwner(id);
    if (owner !== undefined) return owner.digest === mine.digest ? 'granted' : 'taken';
    const { concurrentLimit: limit } = this.#settings;
    if (limit === 0 || ledger.claim(id)?.owner !== undefined || ledger.claimCount < limit - LIMIT_MARGIN) return 'granted';
    return ledger.activeClaimCount >= limit ? 'full' : 'tight';
  }

  #query(realm: RealmKey, then: (ledger: JournalState) => void): void {
    const letOut = this.#answers.reserve();
    const seats = this.#claimTables.of(realm);
    const { journal } = seats;
    void seats
      .settled()
      .then(() => journal.sync())
      .then(() => letOut(() => then(journal.state)));
  }
}

function ownerOf({ realm, connection, token }: Claim): ClaimOwner {
  return { node: realm.node, connection, digest: createHash('sha256').update(token.reveal()).digest('base64url') };
}
