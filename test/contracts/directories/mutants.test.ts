import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Claim, ClaimOutcome, RenewOutcome } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId, type RealmKey } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { CLAUSES, LEASE_CLAUSES } from '../../../src/contracts/directories/contract.ts';
import type { DirectorySubject } from '../../../src/contracts/directories/fixture.ts';

const LEASE: Millis = 1_000;

type ClaimAnswer = (outcome: ClaimOutcome) => void;
type LocateAnswer = (node: NodeId | undefined) => void;

/** Correct, and answers in a later turn. */
class LateDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => setImmediate(() => answer(outcome)));
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    super.locate(realm, id, (node) => setImmediate(() => answer(node)));
  }
}

/** Checks first and claims later. */
class RacyDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.locate(claim.realm.key, claim.id, (node) => {
      queueMicrotask(() => super.claim(claim, (outcome) => answer(node === undefined ? 'granted' : outcome)));
    });
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    queueMicrotask(() => super.locate(realm, id, answer));
  }
}

class ExclusiveDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.locate(claim.realm.key, claim.id, (node) => (node === undefined ? super.claim(claim, answer) : answer('taken')));
  }
}

class RepeatingDirectory extends MemoryPeerDirectory {
  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    super.locate(realm, id, answer);
    super.locate(realm, id, answer);
  }
}

class UnorderedDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => (outcome === 'granted' ? queueMicrotask(() => answer(outcome)) : answer(outcome)));
  }
}

/** Releases an id for any connection of the node, or for any node with that connection number. */
class UncheckedReleaseDirectory extends MemoryPeerDirectory {
  readonly #matches: 'node' | 'connection';
  readonly #held = new Map<string, Claim>();

  constructor(clock: Clock, matches: 'node' | 'connection') {
    super(clock, LEASE);
    this.#matches = matches;
  }

  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => {
      if (outcome === 'granted') this.#held.set(`${claim.realm.key}/${claim.id}`, claim);
      answer(outcome);
    });
  }

  override release(claim: Claim): void {
    const held = this.#held.get(`${claim.realm.key}/${claim.id}`);
    if (held !== undefined && this.#isMatch(held, claim)) super.release(held);
  }

  #isMatch(held: Claim, claim: Claim): boolean {
    return this.#matches === 'node' ? held.realm.node === claim.realm.node : held.connection === claim.connection;
  }
}

/** Alters every claim and query. */
class AlteredDirectory extends MemoryPeerDirectory {
  readonly #alter: (claim: Claim) => Claim;

  constructor(clock: Clock, alter: (claim: Claim) => Partial<Claim>) {
    super(clock, LEASE);
    this.#alter = (claim) => ({ ...claim, ...alter(claim) });
  }

  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(this.#alter(claim), answer);
  }

  override check(claim: Omit<Claim, 'connection'>, answer: ClaimAnswer): void {
    super.check(this.#alter({ ...claim, connection: connectionId(0, 0) }), answer);
  }

  override release(claim: Claim): void {
    super.release(this.#alter(claim));
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    const altered = this.#alter({ realm: { key: realm, node: nodeId('nobody') }, id } as Claim);
    super.locate(altered.realm.key, altered.id, answer);
  }
}

class ClaimingCheckDirectory extends MemoryPeerDirectory {
  override check(claim: Claim, answer: ClaimAnswer): void {
    super.claim({ ...claim, connection: connectionId(0, 0) }, answer);
  }
}

class BlindCheckDirectory extends MemoryPeerDirectory {
  override check(_claim: Claim, answer: ClaimAnswer): void {
    answer('granted');
  }
}

/** A claim starts a lease, and renewals are ignored. */
class UnrenewedDirectory extends MemoryPeerDirectory {
  #isClaiming = false;

  override claim(claim: Claim, answer: ClaimAnswer): void {
    this.#isClaiming = true;
    super.claim(claim, answer);
    this.#isClaiming = false;
  }

  override renewLease(node: NodeId, answer: (outcome: RenewOutcome) => void): void {
    if (this.#isClaiming) super.renewLease(node, answer);
    else answer('kept');
  }
}

class OverRenewingDirectory extends MemoryPeerDirectory {
  readonly #nodes = new Set<NodeId>();

  override claim(claim: Claim, answer: ClaimAnswer): void {
    this.#nodes.add(claim.realm.node);
    super.claim(claim, answer);
  }

  override renewLease(node: NodeId, answer: (outcome: RenewOutcome) => void): void {
    this.#nodes.add(node);
    for (const each of this.#nodes) super.renewLease(each, each === node ? answer : () => undefined);
  }
}

const MUTANTS: readonly { fault: string; make(clock: ManualClock): MemoryPeerDirectory; fails: readonly string[] }[] = [
  {
    fault: 'checks first and claims later',
    make: (clock) => new RacyDirectory(clock, LEASE),
    fails: ['O4: one of many concurrent claims with different tokens is granted'],
  },
  {
    fault: 'rejects every claim of a taken id, also by its owner',
    make: (clock) => new ExclusiveDirectory(clock, LEASE),
    fails: [
      'O5: the same token moves the claim to its new connection, on any node',
      'O5: a connection that lost its claim to a newer connection of its node releases nothing',
      'O5: a connection that lost its claim to another node releases nothing, even with the same connection number',
    ],
  },
  {
    fault: 'claims the id that it checks',
    make: (clock) => new ClaimingCheckDirectory(clock, LEASE),
    fails: ['H18: a check reports what a claim would answer at every node, and claims nothing'],
  },
  {
    fault: 'checks no token',
    make: (clock) => new BlindCheckDirectory(clock, LEASE),
    fails: ['H18: a check reports what a claim would answer at every node, and claims nothing'],
  },
  {
    fault: 'answers twice',
    make: (clock) => new RepeatingDirectory(clock, LEASE),
    fails: ['calls each answer once, in the order of the calls of the node'],
  },
  {
    fault: 'answers rejections before earlier grants',
    make: (clock) => new UnorderedDirectory(clock, LEASE),
    fails: ['calls each answer once, in the order of the calls of the node'],
  },
  {
    fault: 'releases for any connection of the node',
    make: (clock) => new UncheckedReleaseDirectory(clock, 'node'),
    fails: [
      'O5: a connection that lost its claim to a newer connection of its node releases nothing',
      'a release of a free id, or a second release, does nothing',
    ],
  },
  {
    fault: 'releases for any node with a connection of that number',
    make: (clock) => new UncheckedReleaseDirectory(clock, 'connection'),
    fails: [
      'O5: a connection that lost its claim to another node releases nothing, even with the same connection number',
      'a lapsed claim that moved to another token stays lost after a renewal and a release',
    ],
  },
  {
    fault: 'stores all realms in one',
    make: (clock) => new AlteredDirectory(clock, ({ realm }) => ({ realm: { ...realm, key: realmKey('all') } })),
    fails: ['H18: a check reports what a claim would answer at every node, and claims nothing', 'O2: realms are independent'],
  },
  {
    fault: 'joins realm and id by a colon',
    make: (clock) =>
      new AlteredDirectory(clock, ({ realm, id }) => ({
        realm: { ...realm, key: realmKey('all') },
        id: `${realm.key}:${id}` as PeerId,
      })),
    fails: ['O2: realm and id are not confused by any separator'],
  },
  {
    fault: 'ignores the case of ids',
    make: (clock) => new AlteredDirectory(clock, ({ id }) => ({ id: id.toLowerCase() as PeerId })),
    fails: ['O7: any text is an id, and different texts are different ids'],
  },
  {
    fault: 'truncates long ids',
    make: (clock) => new AlteredDirectory(clock, ({ id }) => ({ id: Buffer.from(id).toString('latin1', 0, 255) as PeerId })),
    fails: ['O7: any text is an id, and different texts are different ids'],
  },
  {
    fault: 'never ends a claim',
    make: () => new MemoryPeerDirectory(new ManualClock(), LEASE),
    fails: [
      'a claim lapses when its node has not renewed for a lease: the id has no location, and any token may claim it',
      'a renewal prolongs no claim of another node',
      'a lapsed claim that moved to another token stays lost after a renewal and a release',
      'a node whose claims lapsed can claim again',
    ],
  },
  {
    fault: 'ignores renewals',
    make: (clock) => new UnrenewedDirectory(clock, LEASE),
    fails: ['a renewal prolongs all claims of its node'],
  },
  {
    fault: 'renews all nodes with one renewal',
    make: (clock) => new OverRenewingDirectory(clock, LEASE),
    fails: ['a renewal prolongs no claim of another node'],
  },
];

describe('the directory contract', () => {
  for (const { fault, make, fails } of MUTANTS) {
    it(`detects a directory that ${fault}`, async () => {
      expect(await failures(make)).toEqual(fails);
    });
  }

  it('accepts a directory that answers in a later turn', async () => {
    expect(await failures((clock) => new LateDirectory(clock, LEASE))).toEqual([]);
  });
});

async function failures(make: (clock: ManualClock) => MemoryPeerDirectory): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of [...CLAUSES, ...LEASE_CLAUSES]) {
    const clock = new ManualClock();
    const directory = make(clock);
    const subject: DirectorySubject = {
      node: () => directory,
      elapse: async (span) => clock.advance(span),
      dispose: () => Promise.resolve(),
    };
    await clause.run(subject).catch(() => failed.push(clause.name));
  }
  return failed;
}
