import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { RecentReleases } from '../../../src/application/recent-releases.ts';
import type { Claim } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type PeerId } from '../../../src/domain/ids.ts';
import { Token } from '../../../src/domain/token.ts';
import { NEVER } from '../../../src/domain/time.ts';

function claimOf(id: string, connection: number): Claim {
  const realm = { key: realmKey('peerjs'), node: nodeId('here') };
  return { realm, id: id as PeerId, token: new Token('hers'), connection: connectionId(connection, 0) };
}

/** A directory that records releases. */
class RecordingDirectory extends MemoryPeerDirectory {
  readonly released: string[] = [];

  override release(claim: Claim): void {
    this.released.push(claim.id);
    super.release(claim);
  }
}

function setUp(lease = 1_000): { directory: RecordingDirectory; releases: RecentReleases } {
  const directory = new RecordingDirectory(new ManualClock(), lease);
  return { directory, releases: new RecentReleases(directory) };
}

describe('recent releases', () => {
  it('O4: are repeated, so that an id is free whose release was lost', () => {
    const { directory, releases } = setUp();
    const claim = claimOf('ann', 1);
    releases.release(claim);
    directory.claim(claim, () => undefined);
    releases.repeat();
    const outcomes: string[] = [];
    directory.claim({ ...claim, token: new Token('his') }, (outcome) => outcomes.push(outcome));
    expect(outcomes).toEqual(['granted']);
  });

  it('leave a later connection of the same id alone', () => {
    const { directory, releases } = setUp();
    releases.release(claimOf('ann', 1));
    directory.claim(claimOf('ann', 2), () => undefined);
    releases.repeat();
    const outcomes: string[] = [];
    directory.confirm(claimOf('ann', 2), false, (outcome) => outcomes.push(outcome));
    expect(outcomes).toEqual(['held']);
  });

  it('are limited to the last thousand, and not kept on a single node', () => {
    const { directory, releases } = setUp();
    for (let n = 0; n < 1_500; n++) releases.release(claimOf(String(n), n));
    directory.released.length = 0;
    releases.repeat();
    expect([directory.released.length, directory.released.includes('499'), directory.released.includes('500')]).toEqual([
      1_000,
      false,
      true,
    ]);
    const single = setUp(NEVER);
    single.releases.release(claimOf('ann', 1));
    single.releases.repeat();
    expect(single.directory.released).toEqual(['ann']);
  });
});
