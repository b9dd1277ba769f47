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
import { sentClaim, type SentClaim } from './calls.ts';
import type { HubCommands } from './commands.ts';

/** The directory of the hub, as one node sees it. */
export class LocalPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #commands: HubCommands;
  /** Claims without a reply. */
  readonly #pending = new Map<Claim, [name: 'claim' | 'check', SentClaim]>();

  constructor(commands: HubCommands, lease: Millis) {
    this.#commands = commands;
    this.lease = lease;
  }

  claim(claim: Claim, answer: ClaimAnswer): void {
    if (!this.#commands.hasRoom) return answer('full');
    const command: ['claim' | 'check', SentClaim] = ['claim', sentClaim(claim)];
    this.#pending.set(claim, command);
    this.#commands.ask<'claim'>(
      command as ['claim', SentClaim],
      (outcome, ...rest) => {
        this.#pending.delete(claim);
        if (command[0] === 'claim') answer(outcome, ...rest);
        else answer('taken');
      },
      () => {
        this.#pending.delete(claim);
        answer('full');
      },
    );
  }

  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    if (!this.#commands.hasRoom) return answer('full');
    this.#commands.ask(['check', sentClaim(claim)], answer, () => answer('full'));
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    // Unknown: the claim is confirmed again later.
    this.#commands.ask(['confirm', sentClaim(claim), ifFree], answer, () => answer('held'));
  }

  release(claim: Claim): void {
    const pending = this.#pending.get(claim);
    // A connection that closed before its claim was sent must not take the id from its owner. No effect on one that was sent.
    if (pending !== undefined) pending[0] = 'check';
    this.#commands.tell(['release', sentClaim(claim)]);
  }

  renewLease(_node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void {
    this.#commands.ask(['renew'], answer, () => answer('failed'));
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#commands.ask(['locate', realm, id], answer, () => answer(undefined));
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#commands.ask(['present', realm], answer, () => answer([]));
  }
}
