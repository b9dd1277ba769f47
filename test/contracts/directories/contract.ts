import { describe, expect, it } from 'vitest';
import type { Claim, ClaimOutcome, PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import { NEVER, type Millis } from '../../../src/domain/time.ts';
import { Token } from '../../../src/domain/token.ts';

/** One empty directory, and a way to let its time go on. */
export interface DirectorySubject {
  /** The directory as one node of the cluster sees it. */
  node(name: NodeId): PeerDirectory;
  /** Turns the directory's clock, or truly waits: at least `span`, and little more. */
  elapse(span: Millis): Promise<void>;
  dispose(): Promise<void>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  run(subject: DirectorySubject): Promise<void>;
}

const HERE = nodeId('here');
const THERE = nodeId('there');

/** A claim for `ann`, unless told otherwise. */
function wish(but: { realm?: string; id?: string; token?: string; node?: NodeId; connection?: number } = {}): Claim {
  return {
    realm: { key: realmKey(but.realm ?? 'green'), node: but.node ?? HERE },
    id: (but.id ?? 'ann') as PeerId,
    token: new Token(but.token ?? 'hers'),
    connection: connectionId(but.connection ?? 1, 0),
  };
}

function claim(subject: DirectorySubject, wanted: Claim): Promise<ClaimOutcome> {
  return new Promise((answer) => subject.node(wanted.realm.node).claim(wanted, answer));
}

/** Answers keep the order of the calls of a node: when this one is here, what that node said before is done. */
function locate(subject: DirectorySubject, { realm, id }: Claim, asking: NodeId = HERE): Promise<NodeId | undefined> {
  return new Promise((answer) => subject.node(asking).locate(realm.key, id, answer));
}

async function release(subject: DirectorySubject, held: Claim): Promise<void> {
  subject.node(held.realm.node).release(held);
  await locate(subject, held, held.realm.node);
}

async function keep(subject: DirectorySubject, node: NodeId): Promise<void> {
  subject.node(node).renewLease(node, () => undefined);
  await locate(subject, wish(), node);
}

/** What every directory promises. */
export const CLAUSES: readonly Clause[] = [
  {
    name: 'O3: a free id is granted, and located at its node by every node',
    async run(subject) {
      expect(await locate(subject, wish())).toBeUndefined();
      expect(await claim(subject, wish())).toBe('granted');
      expect(await locate(subject, wish(), HERE)).toBe(HERE);
      expect(await locate(subject, wish(), THERE)).toBe(HERE);
    },
  },
  {
    name: 'O4: an id that another token holds is taken, here and there, and stays where it is',
    async run(subject) {
      await claim(subject, wish());
      expect(await claim(subject, wish({ token: 'his', connection: 2 }))).toBe('taken');
      expect(await claim(subject, wish({ token: 'his', node: THERE }))).toBe('taken');
      expect(await locate(subject, wish())).toBe(HERE);
    },
  },
  {
    name: 'O4: a token that only resembles the right one is another',
    async run(subject) {
      await claim(subject, wish({ token: 'hers' }));
      for (const token of ['hers ', 'her', 'HERS', 'hershers', '__proto__', 'hers\u0000']) {
        expect(await claim(subject, wish({ token, connection: 2 })), token).toBe('taken');
      }
    },
  },
  {
    name: 'O5: the same token moves the claim to its new connection, on whatever node',
    async run(subject) {
      await claim(subject, wish());
      expect(await claim(subject, wish({ connection: 2 }))).toBe('granted');
      expect(await claim(subject, wish({ node: THERE }))).toBe('granted');
      expect(await locate(subject, wish())).toBe(THERE);
    },
  },
  {
    name: 'O4: of many tokens that want an id at once, one gets it',
    async run(subject) {
      const rivals = Array.from({ length: 20 }, (_, rival) =>
        wish({ token: `of rival ${rival}`, node: rival % 2 === 0 ? HERE : THERE, connection: rival }),
      );
      const outcomes = await Promise.all(rivals.map((rival) => claim(subject, rival)));
      expect(outcomes.filter((outcome) => outcome === 'granted')).toHaveLength(1);
      expect(await locate(subject, wish())).toBe(rivals[outcomes.indexOf('granted')]?.realm.node);
    },
  },
  {
    name: 'each answer comes once, in the order of the calls of the node',
    async run(subject) {
      await claim(subject, wish({ id: 'bob' }));
      const here = subject.node(HERE);
      const answers: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        here.claim(wish({ id: `peer ${round}`, connection: round }), (outcome) => answers.push(outcome));
        here.locate(realmKey('green'), 'bob' as PeerId, (node) => answers.push(node));
        here.claim(wish({ id: 'bob', token: 'his' }), (outcome) => answers.push(outcome));
        here.locate(realmKey('green'), 'nobody' as PeerId, (node) => answers.push(node));
      }
      for (let later = 0; later < 3; later++) await locate(subject, wish());
      const round = ['granted', HERE, 'taken', undefined];
      expect(answers).toEqual([...round, ...round, ...round]);
    },
  },
  {
    name: 'L4: an id that was released is free for everybody',
    async run(subject) {
      await claim(subject, wish());
      await release(subject, wish());
      expect(await locate(subject, wish(), THERE)).toBeUndefined();
      expect(await claim(subject, wish({ token: 'his', node: THERE }))).toBe('granted');
    },
  },
  {
    name: 'O5: a connection that lost its claim to a younger one of its node releases nothing',
    async run(subject) {
      await claim(subject, wish({ connection: 1 }));
      await claim(subject, wish({ connection: 2 }));
      await release(subject, wish({ connection: 1 }));
      expect(await claim(subject, wish({ token: 'his' }))).toBe('taken');
      await release(subject, wish({ connection: 2 }));
      expect(await locate(subject, wish())).toBeUndefined();
    },
  },
  {
    name: 'O5: a connection that lost its claim to another node releases nothing, though their numbers are the same',
    async run(subject) {
      await claim(subject, wish({ node: HERE }));
      await claim(subject, wish({ node: THERE }));
      await release(subject, wish({ node: HERE }));
      expect(await locate(subject, wish(), THERE)).toBe(THERE);
    },
  },
  {
    name: 'releasing what nobody holds, or twice, does nothing',
    async run(subject) {
      await release(subject, wish());
      await claim(subject, wish());
      await release(subject, wish());
      await release(subject, wish());
      expect(await claim(subject, wish({ connection: 2 }))).toBe('granted');
      await release(subject, wish({ connection: 1 }));
      expect(await locate(subject, wish())).toBe(HERE);
    },
  },
  {
    name: 'O2: realms know nothing of each other',
    async run(subject) {
      expect(await claim(subject, wish({ realm: 'green' }))).toBe('granted');
      expect(await locate(subject, wish({ realm: 'blue' }))).toBeUndefined();
      expect(await claim(subject, wish({ realm: 'blue', token: 'his', node: THERE }))).toBe('granted');
      await release(subject, wish({ realm: 'blue', token: 'his', node: THERE }));
      expect(await locate(subject, wish({ realm: 'green' }))).toBe(HERE);
    },
  },
  {
    name: 'O7: an id is any text, and no two texts are one id',
    async run(subject) {
      for (const [place, id] of ODD_IDS.entries()) {
        expect(await locate(subject, wish({ id })), id).toBeUndefined();
        expect(await claim(subject, wish({ id, token: `of ${place}` })), id).toBe('granted');
      }
      for (const id of ODD_IDS) {
        expect(await claim(subject, wish({ id, token: 'his' })), id).toBe('taken');
        expect(await locate(subject, wish({ id })), id).toBe(HERE);
      }
    },
  },
  {
    name: 'O2: realm and id do not run together, whatever stands between them',
    async run(subject) {
      for (const between of [':', '/', '.', '|', ' ', '{}']) {
        await claim(subject, wish({ realm: 'green', id: `a${between}b`, token: between }));
        expect(await locate(subject, wish({ realm: `green${between}a`, id: 'b' })), between).toBeUndefined();
      }
    },
  },
];

const ODD_IDS: readonly string[] = [
  ...['__proto__', 'constructor', 'hasOwnProperty', 'a b', 'a', 'A', 'é', 'e\u0301'],
  ...['*', '?', '[a]', 'a%2Fb', 'a/b', 'a.b', '>', '$1', '0', '00'],
  ...['😀'.repeat(128), '字'.repeat(128), '字'.repeat(127)],
];

/** What a directory promises whose claims can outlive their node. */
export const LEASE_CLAUSES: readonly Clause[] = [
  {
    name: 'a claim lapses when its node has said nothing for a lease: nobody is located, everybody may claim',
    async run(subject) {
      await claim(subject, wish());
      await subject.elapse(leaseOf(subject) / 2);
      expect(await claim(subject, wish({ token: 'his', node: THERE }))).toBe('taken');
      await subject.elapse(leaseOf(subject));
      expect(await locate(subject, wish(), THERE)).toBeUndefined();
      expect(await claim(subject, wish({ token: 'his', node: THERE }))).toBe('granted');
      expect(await locate(subject, wish())).toBe(THERE);
    },
  },
  {
    name: 'keep prolongs all claims of its node',
    async run(subject) {
      const claims = Array.from({ length: 50 }, (_, connection) =>
        wish({ id: `peer ${connection}`, connection, realm: connection % 2 === 0 ? 'green' : 'blue' }),
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
    name: 'keep prolongs no claim of another node',
    async run(subject) {
      await claim(subject, wish({ id: 'bob', node: THERE }));
      for (let round = 0; round < 3; round++) {
        await keep(subject, HERE);
        await subject.elapse(leaseOf(subject) * 0.6);
      }
      expect(await locate(subject, wish({ id: 'bob' }))).toBeUndefined();
    },
  },
  {
    name: 'a lapsed claim that somebody else took is lost for good, whatever its node says',
    async run(subject) {
      await claim(subject, wish());
      await subject.elapse(leaseOf(subject) * 1.5);
      expect(await claim(subject, wish({ token: 'his', node: THERE }))).toBe('granted');
      await keep(subject, HERE);
      await release(subject, wish());
      expect(await claim(subject, wish({ connection: 2 }))).toBe('taken');
      expect(await locate(subject, wish())).toBe(THERE);
    },
  },
  {
    name: 'a node whose claims lapsed can claim again, and holds what it got',
    async run(subject) {
      await claim(subject, wish());
      await subject.elapse(leaseOf(subject) * 1.5);
      expect(await claim(subject, wish({ token: 'his', connection: 2 }))).toBe('granted');
      expect(await locate(subject, wish(), THERE)).toBe(HERE);
      expect(await claim(subject, wish({ node: THERE }))).toBe('taken');
    },
  },
];

/** What a directory promises whose lease is NEVER. */
export const NO_LEASE_CLAUSES: readonly Clause[] = [
  {
    name: 'without a lease, a claim outlasts any silence of its node',
    async run(subject) {
      expect(leaseOf(subject)).toBe(NEVER);
      await claim(subject, wish());
      await subject.elapse(1_000);
      expect(await locate(subject, wish())).toBe(HERE);
    },
  },
];

function leaseOf(subject: DirectorySubject): Millis {
  return subject.node(HERE).lease;
}

/** Holds one directory to all promises of its port. @param claims whether they can outlive their node. */
export function directoryContract(name: string, claims: 'lapse' | 'stay', start: () => Promise<DirectorySubject>): void {
  describe(`directory ${name}`, () => {
    for (const clause of [...CLAUSES, ...(claims === 'lapse' ? LEASE_CLAUSES : NO_LEASE_CLAUSES)]) {
      it(clause.name, async () => {
        const subject = await start();
        await clause.run(subject).finally(() => subject.dispose());
      });
    }
  });
}
