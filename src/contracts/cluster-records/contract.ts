import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { BanSnapshot, ClusterRecords, StoredBan } from '../../application/ports/cluster-records.ts';
import { nodeId, realmKey, type NodeId } from '../../domain/ids.ts';
import { NEVER, type Millis } from '../../domain/time.ts';
import { LEASE } from '../engines/fixture.ts';

/** The records of the nodes of one cluster. */
export interface RecordsSubject {
  node(name: NodeId): ClusterRecords;
  /** Renews the lease of a node. */
  renew(name: NodeId): Promise<void>;
  elapse(span: Millis): Promise<void>;
  /** The engine loses its bans. */
  forget(): Promise<void>;
  dispose(): Promise<void>;
}

export const HERE = nodeId('here');
export const THERE = nodeId('there');

export const RECORDS_CLAUSES: readonly { readonly name: string; readonly run: (subject: RecordsSubject) => Promise<void> }[] = [
  {
    name: 'ADM15: lists the nodes with a valid lease',
    async run(subject) {
      const listed = (): Promise<readonly NodeId[]> => new Promise((resolve) => subject.node(HERE).nodes(resolve));
      await subject.renew(HERE);
      await subject.renew(THERE);
      expect(new Set(await listed())).toEqual(new Set([HERE, THERE]));
      await subject.elapse(LEASE - 1);
      await subject.renew(HERE);
      expect((await listed()).length).toBe(2);
      await subject.elapse(1);
      expect(await listed()).toEqual([HERE]);
    },
  },
  {
    name: 'ADM15: a ban is read by every node, unchanged, and one of the same id is replaced',
    async run(subject) {
      const odd = banOf('id:__proto__/ü "\n', {
        ...{ what: 'id', value: 'ü "\n', realm: realmKey('__proto__'), reason: 'spam\u2028', endsIn: 86_400_000_000 },
      });
      expect(await put(subject, odd)).toBe('done');
      expect(await put(subject, banOf('sub:ann', { reason: 'first' }))).toBe('done');
      expect(await put(subject, banOf('sub:ann', { reason: 'second' }), THERE)).toBe('done');
      for (const node of [HERE, THERE]) {
        const { bans } = await snapshot(subject, node);
        expect(sorted(bans)).toEqual([odd, banOf('sub:ann', { reason: 'second' })]);
      }
    },
  },
  {
    name: 'ADM15: a ban ends by the clock of the engine, and one without an end does not',
    async run(subject) {
      await put(subject, banOf('sub:ann', { endsIn: 5_000 }));
      await put(subject, banOf('sub:bob'));
      await subject.elapse(4_000);
      expect(sorted((await snapshot(subject, THERE)).bans).map(({ endsIn }) => endsIn)).toEqual([1_000, NEVER]);
      await subject.elapse(1_000);
      expect((await snapshot(subject, THERE)).bans.map(({ id }) => id)).toEqual(['sub:bob']);
    },
  },
  {
    name: 'ADM15: a removed ban is read by no node; removing an unknown one has no effect',
    async run(subject) {
      await put(subject, banOf('sub:ann'));
      await put(subject, banOf('sub:bob'));
      expect(await remove(subject, 'sub:bob')).toBe('done');
      expect(await remove(subject, 'sub:nobody')).toBe('done');
      expect((await snapshot(subject, THERE)).bans.map(({ id }) => id)).toEqual(['sub:ann']);
      await remove(subject, 'sub:ann');
      const { revision, bans } = await snapshot(subject, THERE);
      expect([bans, revision === undefined]).toEqual([[], false]);
    },
  },
  {
    name: 'ADM15: the revision changes with each ban that is stored or removed, and a known one is answered with unchanged',
    async run(subject) {
      const seen: unknown[] = [];
      const steps = [
        () => put(subject, banOf('sub:ann')),
        () => put(subject, banOf('sub:ann', { reason: 'again' }), THERE),
        () => remove(subject, 'sub:ann'),
        () => put(subject, banOf('sub:ann')),
      ];
      for (const step of steps) {
        await step();
        const { revision } = await snapshot(subject, HERE);
        seen.push(revision);
        expect(await read(subject, HERE, revision)).toBe('unchanged');
      }
      expect([new Set(seen).size, seen.includes(undefined)]).toEqual([steps.length, false]);
      expect(await read(subject, THERE, seen[0] as string)).toMatchObject({ revision: seen.at(-1) });
    },
  },
  {
    name: 'ADM15: without a ban so far, and after a loss of all data, the revision is undefined',
    async run(subject) {
      expect(await read(subject, HERE, undefined)).toEqual({ revision: undefined, bans: [] });
      await put(subject, banOf('sub:ann'));
      const { revision } = await snapshot(subject, HERE);
      await subject.forget();
      expect(await read(subject, HERE, revision)).toEqual({ revision: undefined, bans: [] });
      await put(subject, banOf('sub:bob'));
      expect((await snapshot(subject, HERE)).revision).not.toBe(revision);
    },
  },
];

/** The tests of cluster records. @param start creates a new subject for each test. */
export function recordsContract(start: () => Promise<RecordsSubject>): ContractTest[] {
  return RECORDS_CLAUSES.map(({ name, run }) => ({
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

function banOf(id: string, but: Partial<StoredBan> = {}): StoredBan {
  return { id, what: 'sub', value: id.slice(4), realm: undefined, reason: undefined, endsIn: NEVER, ...but };
}

function put(subject: RecordsSubject, ban: StoredBan, node = HERE): Promise<string> {
  return new Promise((resolve) => subject.node(node).putBan(ban, resolve));
}

function remove(subject: RecordsSubject, id: string): Promise<string> {
  return new Promise((resolve) => subject.node(HERE).removeBan(id, resolve));
}

function read(subject: RecordsSubject, node: NodeId, known: string | undefined): Promise<BanSnapshot | string> {
  return new Promise((resolve) => subject.node(node).readBans(known, resolve));
}

async function snapshot(subject: RecordsSubject, node: NodeId): Promise<BanSnapshot> {
  const answer = await read(subject, node, 'another revision');
  if (typeof answer === 'string') throw new Error(`the answer is ${answer}`);
  return answer;
}

function sorted(bans: readonly StoredBan[]): StoredBan[] {
  return [...bans].sort((one, other) => (one.id < other.id ? -1 : 1));
}
