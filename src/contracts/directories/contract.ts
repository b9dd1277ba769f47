import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { Claim, ClaimOutcome } from '../../application/ports/peer-directory.ts';
import { realmKey, type PeerId } from '../../domain/ids.ts';
import { NEVER } from '../../domain/time.ts';
import { type DirectorySubject, type Clause, HERE, THERE, claimOf, claim, locate, release, keep, leaseOf } from './fixture.ts';

/** Promises of every directory. */
export const CLAUSES: readonly Clause[] = [
  {
    name: 'O3: a free id is granted, and located at its node by every node',
    async run(subject) {
      expect(await locate(subject, claimOf())).toBeUndefined();
      expect(await claim(subject, claimOf())).toBe('granted');
      expect(await locate(subject, claimOf(), HERE)).toBe(HERE);
      expect(await locate(subject, claimOf(), THERE)).toBe(HERE);
    },
  },
  {
    name: 'H18: a check reports what a claim would answer at every node, and claims nothing',
    async run(subject) {
      const check = (wanted: Claim): Promise<ClaimOutcome> =>
        new Promise((answer) => subject.node(wanted.realm.node).check(wanted, answer));
      expect(await check(claimOf())).toBe('granted');
      expect(await locate(subject, claimOf())).toBeUndefined();
      await claim(subject, claimOf());
      for (const node of [HERE, THERE]) {
        expect(await check(claimOf({ node, connection: 2 }))).toBe('granted');
        expect(await check(claimOf({ node, token: 'his' }))).toBe('taken');
        expect(await check(claimOf({ node, token: 'his', realm: 'blue' }))).toBe('granted');
      }
      expect(await locate(subject, claimOf())).toBe(HERE);
      await release(subject, claimOf());
      expect(await check(claimOf({ token: 'his' }))).toBe('granted');
    },
  },
  {
    name: 'O4: a claim with another token is rejected at every node, and the claim does not move',
    async run(subject) {
      await claim(subject, claimOf());
      expect(await claim(subject, claimOf({ token: 'his', connection: 2 }))).toBe('taken');
      expect(await claim(subject, claimOf({ token: 'his', node: THERE }))).toBe('taken');
      expect(await locate(subject, claimOf())).toBe(HERE);
    },
  },
  {
    name: 'O4: a similar token is a different token',
    async run(subject) {
      await claim(subject, claimOf({ token: 'hers' }));
      for (const token of ['hers ', 'her', 'HERS', 'hershers', '__proto__', 'hers\u0000']) {
        expect(await claim(subject, claimOf({ token, connection: 2 })), token).toBe('taken');
      }
    },
  },
  {
    name: 'O5: the same token moves the claim to its new connection, on any node',
    async run(subject) {
      await claim(subject, claimOf());
      expect(await claim(subject, claimOf({ connection: 2 }))).toBe('granted');
      expect(await claim(subject, claimOf({ node: THERE }))).toBe('granted');
      expect(await locate(subject, claimOf())).toBe(THERE);
    },
  },
  {
    name: 'O4: one of many concurrent claims with different tokens is granted',
    async run(subject) {
      const rivals = Array.from({ length: 20 }, (_, rival) =>
        claimOf({ token: `of rival ${rival}`, node: rival % 2 === 0 ? HERE : THERE, connection: rival }),
      );
      const outcomes = await Promise.all(rivals.map((rival) => claim(subject, rival)));
      expect(outcomes.filter((outcome) => outcome === 'granted')).toHaveLength(1);
      expect(await locate(subject, claimOf())).toBe(rivals[outcomes.indexOf('granted')]?.realm.node);
    },
  },
  {
    name: 'calls each answer once, in the order of the calls of the node',
    async run(subject) {
      await claim(subject, claimOf({ id: 'bob' }));
      const here = subject.node(HERE);
      const answers: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        here.claim(claimOf({ id: `peer ${round}`, connection: round }), (outcome) => answers.push(outcome));
        here.locate(realmKey('green'), 'bob' as PeerId, (node) => answers.push(node));
        here.claim(claimOf({ id: 'bob', token: 'his' }), (outcome) => answers.push(outcome));
        here.locate(realmKey('green'), 'nobody' as PeerId, (node) => answers.push(node));
      }
      for (let later = 0; later < 3; later++) await locate(subject, claimOf());
      const round = ['granted', HERE, 'taken', undefined];
      expect(answers).toEqual([...round, ...round, ...round]);
    },
  },
  {
    name: 'L4: a released id is free for any token',
    async run(subject) {
      await claim(subject, claimOf());
      await release(subject, claimOf());
      expect(await locate(subject, claimOf(), THERE)).toBeUndefined();
      expect(await claim(subject, claimOf({ token: 'his', node: THERE }))).toBe('granted');
    },
  },
  {
    name: 'O5: a connection that lost its claim to a newer connection of its node releases nothing',
    async run(subject) {
      await claim(subject, claimOf({ connection: 1 }));
      await claim(subject, claimOf({ connection: 2 }));
      await release(subject, claimOf({ connection: 1 }));
      expect(await claim(subject, claimOf({ token: 'his' }))).toBe('taken');
      await release(subject, claimOf({ connection: 2 }));
      expect(await locate(subject, claimOf())).toBeUndefined();
    },
  },
  {
    name: 'O5: a connection that lost its claim to another node releases nothing, even with the same connection number',
    async run(subject) {
      await claim(subject, claimOf({ node: HERE }));
      await claim(subject, claimOf({ node: THERE }));
      await release(subject, claimOf({ node: HERE }));
      expect(await locate(subject, claimOf(), THERE)).toBe(THERE);
    },
  },
  {
    name: 'a release of a free id, or a second release, does nothing',
    async run(subject) {
      await release(subject, claimOf());
      await claim(subject, claimOf());
      await release(subject, claimOf());
      await release(subject, claimOf());
      expect(await claim(subject, claimOf({ connection: 2 }))).toBe('granted');
      await release(subject, claimOf({ connection: 1 }));
      expect(await locate(subject, claimOf())).toBe(HERE);
    },
  },
  {
    name: 'O2: realms are independent',
    async run(subject) {
      expect(await claim(subject, claimOf({ realm: 'green' }))).toBe('granted');
      expect(await locate(subject, claimOf({ realm: 'blue' }))).toBeUndefined();
      expect(await claim(subject, claimOf({ realm: 'blue', token: 'his', node: THERE }))).toBe('granted');
      await release(subject, claimOf({ realm: 'blue', token: 'his', node: THERE }));
      expect(await locate(subject, claimOf({ realm: 'green' }))).toBe(HERE);
    },
  },
  {
    name: 'O7: any text is an id, and different texts are different ids',
    async run(subject) {
      for (const [place, id] of ODD_IDS.entries()) {
        expect(await locate(subject, claimOf({ id })), id).toBeUndefined();
        expect(await claim(subject, claimOf({ id, token: `of ${place}` })), id).toBe('granted');
      }
      for (const id of ODD_IDS) {
        expect(await claim(subject, claimOf({ id, token: 'his' })), id).toBe('taken');
        expect(await locate(subject, claimOf({ id })), id).toBe(HERE);
      }
    },
  },
  {
    name: 'O2: realm and id are not confused by any separator',
    async run(subject) {
      for (const between of [':', '/', '.', '|', ' ', '{}']) {
        await claim(subject, claimOf({ realm: 'green', id: `a${between}b`, token: between }));
        expect(await locate(subject, claimOf({ realm: `green${between}a`, id: 'b' })), between).toBeUndefined();
      }
    },
  },
];

const ODD_IDS: readonly string[] = [
  ...['__proto__', 'constructor', 'hasOwnProperty', 'a b', 'a', 'A', 'é', 'e\u0301'],
  ...['*', '?', '[a]', 'a%2Fb', 'a/b', 'a.b', '>', '$1', '0', '00'],
  ...['😀'.repeat(128), '字'.repeat(128), '字'.repeat(127)],
];

/** Promises of a directory with leases. */
export const LEASE_CLAUSES: readonly Clause[] = [
  {
    name: 'a claim lapses when its node has not renewed for a lease: the id has no location, and any token may claim it',
    async run(subject) {
      await claim(subject, claimOf());
      await subject.elapse(leaseOf(subject) / 2);
      expect(await claim(subject, claimOf({ token: 'his', node: THERE }))).toBe('taken');
      await subject.elapse(leaseOf(subject));
      expect(await locate(subject, claimOf(), THERE)).toBeUndefined();
      expect(await claim(subject, claimOf({ token: 'his', node: THERE }))).toBe('granted');
      expect(await locate(subject, claimOf())).toBe(THERE);
    },
  },
  {
    name: 'a renewal prolongs all claims of its node',
    async run(subject) {
      const claims = Array.from({ length: 50 }, (_, connection) =>
        claimOf({ id: `peer ${connection}`, connection, realm: connection % 2 === 0 ? 'green' : 'blue' }),
      );
      for (const each of claims) await claim(subject, each);
      for (let round = 0; round < 3; round++) {
        await keep(subject, HERE);
        await subject.elapse(leaseOf(subject) * 0.6);
      }
      for (const each of claims) expect(await locate(subject, each), each.id).toBe(HERE);
    },
  },
  {
    name: 'a renewal prolongs no claim of another node',
    async run(subject) {
      await claim(subject, claimOf({ id: 'bob', node: THERE }));
      for (let round = 0; round < 3; round++) {
        await keep(subject, HERE);
        await subject.elapse(leaseOf(subject) * 0.6);
      }
      expect(await locate(subject, claimOf({ id: 'bob' }))).toBeUndefined();
    },
  },
  {
    name: 'a lapsed claim that moved to another token stays lost after a renewal and a release',
    async run(subject) {
      await claim(subject, claimOf());
      await subject.elapse(leaseOf(subject) * 1.5);
      expect(await claim(subject, claimOf({ token: 'his', node: THERE }))).toBe('granted');
      await keep(subject, HERE);
      await release(subject, claimOf());
      expect(await claim(subject, claimOf({ connection: 2 }))).toBe('taken');
      expect(await locate(subject, claimOf())).toBe(THERE);
    },
  },
  {
    name: 'a node whose claims lapsed can claim again',
    async run(subject) {
      await claim(subject, claimOf());
      await subject.elapse(leaseOf(subject) * 1.5);
      expect(await claim(subject, claimOf({ token: 'his', connection: 2 }))).toBe('granted');
      expect(await locate(subject, claimOf(), THERE)).toBe(HERE);
      expect(await claim(subject, claimOf({ node: THERE }))).toBe('taken');
    },
  },
];

/** Promises of a directory whose lease is NEVER. */
const NO_LEASE_CLAUSES: readonly Clause[] = [
  {
    name: 'without a lease, a claim never lapses',
    async run(subject) {
      expect(leaseOf(subject)).toBe(NEVER);
      await claim(subject, claimOf());
      await subject.elapse(1_000);
      expect(await locate(subject, claimOf())).toBe(HERE);
    },
  },
];

/**
 * The tests of a directory.
 * @param claims whether claims lapse without renewals.
 * @param start creates a new subject for each test.
 */
export function directoryContract(claims: 'lapse' | 'stay', start: () => Promise<DirectorySubject>): ContractTest[] {
  return [...CLAUSES, ...(claims === 'lapse' ? LEASE_CLAUSES : NO_LEASE_CLAUSES)].map(({ name, run }) => ({
    name,
    run: async () => {
      const subject = await start();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    },
  }));
}
