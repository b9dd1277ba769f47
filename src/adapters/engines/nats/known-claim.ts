import type { ClaimNumber } from '../../../domain/claim-number.ts';
import type { Millis } from '../../../domain/time.ts';
import type { ClaimEntry } from './entries.ts';

/** Revision and timestamp of an entry, as NATS set them. */
export interface EntryPosition {
  readonly revision: number;
  readonly at: Millis;
}

/** The last entry of a claim, and what earlier entries tell about it. */
export interface KnownClaim extends ClaimEntry, EntryPosition {
  /** Earlier revisions of the key that NATS may still store, oldest first. */
  readonly olderRevisions: readonly number[];
  /** The token of the last owner. `since`: the revision after which no other token had the id. */
  readonly token: { readonly digest: string; readonly since: number } | undefined;
}

/** Entries that a bucket keeps of each key; NATS deletes older ones. */
export const BUCKET_HISTORY = 8;
const NO_REVISIONS: readonly number[] = [];

/** @param before the claim without the entry. */
export function claimAfter(before: KnownClaim | undefined, entry: ClaimEntry, { revision, at }: EntryPosition): KnownClaim {
  const { owner, changeId, restored } = entry;
  const olderRevisions =
    before === undefined ? NO_REVISIONS : [...before.olderRevisions, before.revision].slice(1 - BUCKET_HISTORY);
  const isSameToken = owner === undefined || owner.digest === before?.token?.digest;
  const token = isSameToken ? before?.token : { digest: owner.digest, since: revision };
  return { owner, changeId, restored, revision, at, olderRevisions, token };
}

/** @returns the claim after its earlier revisions were deleted. */
export function withoutOlderRevisions(claim: KnownClaim): KnownClaim {
  return { ...claim, olderRevisions: NO_REVISIONS };
}

/**
 * O4, O5: whether a released id had another owner after an earlier claim of this node. A claim of an earlier stream is before all
 * entries. In the same stream, a second connection of the same token may have come and gone, which leaves the id to the first.
 */
export function wasTakenAfter(
  { token }: KnownClaim,
  { digest, claimNumber }: EarlierClaim,
  streamId: string | undefined,
): boolean {
  if (claimNumber !== undefined && claimNumber.era !== streamId) return true;
  if (token === undefined) return false;
  return token.digest !== digest || (claimNumber !== undefined && token.since > claimNumber.count);
}

interface EarlierClaim {
  readonly digest: string;
  readonly claimNumber: ClaimNumber | undefined;
}
