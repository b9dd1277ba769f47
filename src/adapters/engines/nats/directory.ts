import { createHash } from 'node:crypto';
import type { Claim, ClaimOutcome, Holder, KeepOutcome, PeerDirectory } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worst } from '../shared/keep-outcomes.ts';
import type { Answers } from './answers.ts';
import { isSame, writeSign, type Owner } from './entries.ts';
import { leaseKey } from './keys.ts';
import type { Ledger } from './ledger.ts';
import type { Realms } from './realms.ts';
import type { Changed } from './seats.ts';
import { tidy } from './tidy.ts';

export interface NatsDirectorySettings {
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** A realm with no more room than this is looked at twice before somebody is let in. */
const TIGHT = 64;

/** Who owns an id, in the journals of NATS. Leases end by the time of the entries. Tokens stand there as digests only. */
export class NatsPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #realms: Realms;
  readonly #answers: Answers;
  readonly #settings: NatsDirectorySettings;
  /** Claims that have no answer yet, and have not been given back. */
  readonly #wanted = new Set<Claim>();

  constructor(realms: Realms, answers: Answers, settings: NatsDirectorySettings) {
    this.lease = settings.lease;
    this.#realms = realms;
    this.#answers = answers;
    this.#settings = settings;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void {
    const letOut = this.#answers.next();
    this.#wanted.add(claim);
    void this.#claim(claim).then(([outcome, before]) => {
      this.#wanted.delete(claim);
      letOut(() => answer(outcome, before));
    });
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const letOut = this.#answers.next();
    const mine = ownerOf(claim);
    let isLost = false;
    const change = this.#realms.of(claim.realm.key).change(claim.id, (ledger) => {
      const seat = ledger.seat(claim.id);
      isLost = seat?.owner === undefined ? !ifFree : !isSame(seat.owner, mine);
      return isLost || seat?.owner !== undefined ? undefined : { owner: mine };
    });
    void change.then(() => letOut(() => answer(isLost ? 'lost' : 'held')));
  }

  release(claim: Claim): void {
    this.#wanted.delete(claim);
    void this.#realms.of(claim.realm.key).change(claim.id, (ledger) => ledger.freed(claim.id, ownerOf(claim)));
  }

  keep(node: NodeId, answer: (outcome: KeepOutcome) => void): void {
    const letOut = this.#answers.next();
    const all = this.#realms.all().map(async (seats) => {
      const { journal } = seats;
      const appended = await journal.append({ key: leaseKey(node), body: writeSign(journal.stamp) });
      if (appended === 'failed' || !('at' in appended)) return 'failed';
      await journal.catchesUp(appended.at);
      tidy(seats, this.lease);
      return journal.ledger.kept();
    });
    void Promise.all(all).then((outcomes) => letOut(() => answer(worst(outcomes))));
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#ask(realm, (ledger) => answer(ledger.owner(id)?.node));
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#ask(realm, (ledger) => answer(ledger.present()));
  }

  async #claim(claim: Claim): Promise<[ClaimOutcome, Holder | undefined]> {
    const { realm, id } = claim;
    const mine = ownerOf(claim);
    const seats = this.#realms.of(realm.key);
    let outcome: ClaimOutcome = 'granted';
    let before: Holder | undefined;
    const changed: Changed = await seats.change(id, async () => {
      if (this.#judge(seats.journal.ledger, id, mine) !== 'granted') await seats.journal.sync();
      const { ledger } = seats.journal;
      const judged = this.#judge(ledger, id, mine);
      outcome = judged === 'tight' ? 'granted' : judged;
      // Whoever has gone while the engine was out of reach takes the id from nobody.
      if (!this.#wanted.has(claim)) outcome = 'taken';
      if (outcome !== 'granted') return undefined;
      const owner = ledger.owner(id);
      before = owner === undefined ? undefined : { node: owner.node, connection: owner.connection };
      return { owner: mine };
    });
    return changed === 'failed' ? ['full', undefined] : [outcome, outcome === 'granted' ? before : undefined];
  }

  /** O4, O5, O6. */
  #judge(ledger: Ledger, id: PeerId, mine: Owner): ClaimOutcome | 'tight' {
    const owner = ledger.owner(id);
    if (owner !== undefined) return owner.digest === mine.digest ? 'granted' : 'taken';
    const { concurrentLimit: limit } = this.#settings;
    if (limit === 0 || ledger.seat(id)?.owner !== undefined || ledger.owned < limit - TIGHT) return 'granted';
    return ledger.peers >= limit ? 'full' : 'tight';
  }

  #ask(realm: RealmKey, then: (ledger: Ledger) => void): void {
    const letOut = this.#answers.next();
    const seats = this.#realms.of(realm);
    const { journal } = seats;
    void seats
      .settled()
      .then(() => journal.sync())
      .then(() => letOut(() => then(journal.ledger)));
  }
}

function ownerOf({ realm, connection, token }: Claim): Owner {
  return { node: realm.node, connection, digest: createHash('sha256').update(token.reveal()).digest('base64url') };
}
