import { describe, expect, it } from 'vitest';
import { claimAfter, wasTakenAfter, type KnownClaim } from '../../../../../src/adapters/engines/nats/known-claim.ts';
import type { ClaimEntry } from '../../../../../src/adapters/engines/nats/entries.ts';
import { connectionId, nodeId } from '../../../../../src/domain/ids.ts';

/** The claim after entries of owners with these tokens, from revision 1 on; undefined releases the id. */
function claimOf(...tokens: readonly (string | undefined)[]): KnownClaim {
  let claim: KnownClaim | undefined;
  tokens.forEach((digest, index) => {
    const owner = digest === undefined ? undefined : { node: nodeId('here'), connection: connectionId(index, 0), digest };
    const entry: ClaimEntry = { owner, changeId: String(index) };
    claim = claimAfter(claim, entry, { revision: index + 1, at: index });
  });
  return claim ?? expect.fail('no entry');
}

function isTaken(claim: KnownClaim, digest: string, count: number | undefined, era = 'stream'): boolean {
  return wasTakenAfter(claim, { digest, claimNumber: count === undefined ? undefined : { era, count } }, 'stream');
}

describe('a released claim', () => {
  it('O5: was not taken by another token if only connections of the same token had the id', () => {
    expect(isTaken(claimOf('t', 't', undefined), 't', 1)).toBe(false);
    expect(isTaken(claimOf('t', undefined, 't', undefined), 't', 1)).toBe(false);
  });

  it('O4: was taken if another token had the id meanwhile, also if the first token had it again', () => {
    expect(isTaken(claimOf('t', 'x', undefined), 't', 1)).toBe(true);
    expect(isTaken(claimOf('t', 'x', 't', undefined), 't', 1)).toBe(true);
    expect(isTaken(claimOf('t', 'x', 't', undefined), 't', 3)).toBe(false);
    expect(isTaken(claimOf('t', 'x', undefined), 't', undefined)).toBe(true);
  });

  it('O5: was taken after each claim of an earlier stream', () => {
    expect(isTaken(claimOf('t', undefined), 't', 9, 'earlier stream')).toBe(true);
  });

  it('is not known to be taken if its earlier entries are deleted', () => {
    expect(isTaken(claimOf(undefined), 't', 1)).toBe(false);
  });
});
