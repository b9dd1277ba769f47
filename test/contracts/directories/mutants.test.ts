import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Claim, ClaimOutcome, RenewOutcome } from '../../../src/application/ports/peer-directory.ts';
import { nodeId, realmKey, type NodeId, type PeerId, type RealmKey } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { CLAUSES, LEASE_CLAUSES, type DirectorySubject } from './contract.ts';

const LEASE: Millis = 1_000;

type ClaimAnswer = (outcome: ClaimOutcome) => void;
type LocateAnswer = (node: NodeId | undefined) => void;

/** Correct, and every answer comes in a later turn. */
class LateDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => setImmediate(() => answer(outcome)));
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    super.locate(realm, id, (node) => setImmediate(() => answer(node)));
  }
}

/** Looks first and takes later. */
class HastyDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.locate(claim.realm.key, claim.id, (node) => {
      queueMicrotask(() => super.claim(claim, (outcome) => answer(node === undefined ? 'granted' : outcome)));
    });
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    queueMicrotask(() => super.locate(realm, id, answer));
  }
}

class JealousDirectory extends MemoryPeerDirectory {
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

class DisorderlyDirectory extends MemoryPeerDirectory {
  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => (outcome === 'granted' ? queueMicrotask(() => answer(outcome)) : answer(outcome)));
  }
}

/** Lets go of an id for whoever speaks for it on that node, or has that number. */
class CarelessDirectory extends MemoryPeerDirectory {
  readonly #asks: 'node' | 'connection';
  readonly #held = new Map<string, Claim>();

  constructor(clock: Clock, asks: 'node' | 'connection') {
    super(clock, LEASE);
    this.#asks = asks;
  }

  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(claim, (outcome) => {
      if (outcome === 'granted') this.#held.set(`${claim.realm.key}/${claim.id}`, claim);
      answer(outcome);
    });
  }

  override release(claim: Claim): void {
    const held = this.#held.get(`${claim.realm.key}/${claim.id}`);
    if (held !== undefined && this.#isAskedFor(held, claim)) super.release(held);
  }

  #isAskedFor(held: Claim, claim: Claim): boolean {
    return this.#asks === 'node' ? held.realm.node === claim.realm.node : held.connection === claim.connection;
  }
}

/** Changes every claim and question before it hears them. */
class AlteredDirectory extends MemoryPeerDirectory {
  readonly #alter: (claim: Claim) => Claim;

  constructor(clock: Clock, alter: (claim: Claim) => Partial<Claim>) {
    super(clock, LEASE);
    this.#alter = (claim) => ({ ...claim, ...alter(claim) });
  }

  override claim(claim: Claim, answer: ClaimAnswer): void {
    super.claim(this.#alter(claim), answer);
  }

  override release(claim: Claim): void {
    super.release(this.#alter(claim));
  }

  override locate(realm: RealmKey, id: PeerId, answer: LocateAnswer): void {
    const altered = this.#alter({ realm: { key: realm, node: nodeId('nobody') }, id } as Claim);
    super.locate(altered.realm.key, altered.id, answer);
  }
}

/** A claim begins a lease, and nothing prolongs it. */
class DeafDirectory extends MemoryPeerDirectory {
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

class GenerousDirectory extends MemoryPeerDirectory {
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

const MUTANTS: readonly { fault: string; make(clock: ManualClock): MemoryPeerDirectory; dies: readonly string[] }[] = [
  {
    fault: 'looks first and takes later',
    make: (clock) => new HastyDirectory(clock, LEASE),
    dies: ['O4: of many tokens that want an id at once, one gets it'],
  },
  {
    fault: 'gives a taken id to nobody, its holder included',
    make: (clock) => new JealousDirectory(clock, LEASE),
    dies: [
      'O5: the same token moves the claim to its new connection, on whatever node',
      'O5: a connection that lost its claim to a younger one of its node releases nothing',
      'O5: a connection that lost its claim to another node releases nothing, though their numbers are the same',
    ],
  },
  {
    fault: 'answers twice',
    make: (clock) => new RepeatingDirectory(clock, LEASE),
    dies: ['each answer comes once, in the order of the calls of the node'],
  },
  {
    fault: 'says no faster than yes',
    make: (clock) => new DisorderlyDirectory(clock, LEASE),
    dies: ['each answer comes once, in the order of the calls of the node'],
  },
  {
    fault: 'releases for any connection of the node',
    make: (clock) => new CarelessDirectory(clock, 'node'),
    dies: [
      'O5: a connection that lost its claim to a younger one of its node releases nothing',
      'releasing what nobody holds, or twice, does nothing',
    ],
  },
  {
    fault: 'releases for any node with a connection of that number',
    make: (clock) => new CarelessDirectory(clock, 'connection'),
    dies: [
      'O5: a connection that lost its claim to another node releases nothing, though their numbers are the same',
      'a lapsed claim that somebody else took is lost for good, whatever its node says',
    ],
  },
  {
    fault: 'keeps all realms in one',
    make: (clock) => new AlteredDirectory(clock, ({ realm }) => ({ realm: { ...realm, key: realmKey('all') } })),
    dies: ['O2: realms know nothing of each other'],
  },
  {
    fault: 'joins realm and id by a colon',
    make: (clock) =>
      new AlteredDirectory(clock, ({ realm, id }) => ({
        realm: { ...realm, key: realmKey('all') },
        id: `${realm.key}:${id}` as PeerId,
      })),
    dies: ['O2: realm and id do not run together, whatever stands between them'],
  },
  {
    fault: 'takes small letters for capitals',
    make: (clock) => new AlteredDirectory(clock, ({ id }) => ({ id: id.toLowerCase() as PeerId })),
    dies: ['O7: an id is any text, and no two texts are one id'],
  },
  {
    fault: 'cuts long ids',
    make: (clock) => new AlteredDirectory(clock, ({ id }) => ({ id: Buffer.from(id).toString('latin1', 0, 255) as PeerId })),
    dies: ['O7: an id is any text, and no two texts are one id'],
  },
  {
    fault: 'never lapses',
    make: () => new MemoryPeerDirectory(new ManualClock(), LEASE),
    dies: [
      'a claim lapses when its node has said nothing for a lease: nobody is located, everybody may claim',
      'keep prolongs no claim of another node',
      'a lapsed claim that somebody else took is lost for good, whatever its node says',
      'a node whose claims lapsed can claim again, and holds what it got',
    ],
  },
  {
    fault: 'is deaf to keep',
    make: (clock) => new DeafDirectory(clock, LEASE),
    dies: ['keep prolongs all claims of its node'],
  },
  {
    fault: 'keeps the claims of all nodes for one of them',
    make: (clock) => new GenerousDirectory(clock, LEASE),
    dies: ['keep prolongs no claim of another node'],
  },
];

describe('a directory that breaks a promise', () => {
  for (const { fault, make, dies } of MUTANTS) {
    it(`${fault}: fails where it is said, and nowhere else`, async () => {
      expect(await failures(make)).toEqual(dies);
    });
  }

  it('and one that answers late breaks none', async () => {
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
