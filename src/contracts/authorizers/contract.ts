import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../application/ports/authorizer.ts';
import { realmKey } from '../../domain/ids.ts';

/** An authorizer, with a token that it grants and the way to wait for its answers. */
export interface AuthorizerSubject {
  readonly authorizer: Authorizer;
  /** A token that is granted. */
  readonly token: string;
  /** Runs until all answers have arrived. */
  readonly settle: () => Promise<void>;
  stop?(): Promise<void>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: AuthorizerSubject) => Promise<void>;
}

export const REQUEST: AccessRequest = {
  dialect: 'peerjs',
  realm: realmKey('peerjs'),
  id: 'ann',
  token: undefined,
  address: '192.0.2.1',
  origin: undefined,
  headers: {},
};

const ODD_TOKENS = [undefined, '', '.', '..', '...', 'a.b.c', '\0', '\ud83d', '{"alg":"none"}', 'x'.repeat(20_000)];

async function answersTo({ authorizer, settle }: AuthorizerSubject, request: Partial<AccessRequest>): Promise<AccessOutcome[]> {
  const answers: AccessOutcome[] = [];
  authorizer.authorize({ ...REQUEST, ...request }, (outcome) => answers.push(outcome));
  await settle();
  return answers;
}

/** Promises of every adapter. */
export const CLAUSES: readonly Clause[] = [
  {
    name: 'A2: answers exactly once, and throws for no token',
    async run(subject) {
      for (const token of [subject.token, ...ODD_TOKENS]) expect(await answersTo(subject, { token })).toHaveLength(1);
    },
  },
  {
    name: 'A2: an outcome that is known without a wait is that of the callback',
    async run(subject) {
      for (const token of [subject.token, ...ODD_TOKENS]) {
        const known = subject.authorizer.decideNow?.({ ...REQUEST, token });
        if (known !== undefined) expect(await answersTo(subject, { token })).toEqual([known]);
      }
    },
  },
  {
    name: 'A2: names its headers in lower case',
    async run({ authorizer }) {
      for (const name of authorizer.headers) expect(name).toMatch(/^[!#$%&'*+.^_`|~0-9a-z-]+$/);
      await Promise.resolve();
    },
  },
  {
    name: 'A3: grants a valid token, with a positive lifetime and well-formed rights',
    async run(subject) {
      const [outcome] = await answersTo(subject, { token: subject.token });
      if (outcome?.ok !== true) return expect.fail(`not granted: ${JSON.stringify(outcome)}`);
      const { owner, ids, realms, reservedIds, lifetime, messagesPerSecond = 1 } = outcome.value;
      expect(lifetime).toBeGreaterThan(0);
      expect(messagesPerSecond).toBeGreaterThan(0);
      for (const name of [...(ids ?? []), ...(realms ?? []), ...reservedIds]) expect(typeof name).toBe('string');
      expect(owner ?? 'j:').toMatch(/^[jw]:/);
    },
  },
  {
    name: 'A6: its refusals contain no part of the token',
    async run(subject) {
      for (const token of ['secret.secret.secret', 'secret']) {
        for (const outcome of await answersTo(subject, { token })) expect(JSON.stringify(outcome)).not.toContain('secret');
      }
    },
  },
];

/** The tests of an authorizer. @param start creates a new subject for each test. */
export function authorizerContract(start: () => AuthorizerSubject | Promise<AuthorizerSubject>): ContractTest[] {
  return CLAUSES.map((clause) => ({ name: clause.name, run: () => runClause(clause, start) }));
}

/** Runs one clause on a subject of its own. */
export async function runClause<Subject extends { stop?(): Promise<void> }>(
  clause: { run(subject: Subject): Promise<void> },
  start: () => Subject | Promise<Subject>,
): Promise<void> {
  const subject = await start();
  try {
    await clause.run(subject);
  } finally {
    await subject.stop?.();
  }
}
