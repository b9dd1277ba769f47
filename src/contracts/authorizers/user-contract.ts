import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../application/ports/authorizer.ts';
import { within } from '../until.ts';
import { REQUEST, runClause } from './contract.ts';
import type { Grant } from '../../domain/grant.ts';
import { realmKey } from '../../domain/ids.ts';
import { NEVER } from '../../domain/time.ts';

/** An authorizer of users that the test knows, and whose clock it controls. */
export interface UserSubject {
  readonly authorizer: Authorizer;
  /** A request of a user that the authorizer admits. Each call may give other credentials of the same user. */
  request(user: 'ann' | 'bob'): AccessRequest;
  /** A request that it refuses; undefined if it refuses none. */
  refusedRequest?(): AccessRequest;
  /** The lifetime of the credentials that `request` gives; NEVER if they do not expire. */
  readonly lifetime: number;
  /** Advances the wall clock. */
  advance(span: number): void;
  /** Whether users own their ids; otherwise the token itself does. */
  readonly hasOwners: boolean;
  /** Whether its answers come later, such as from another process. */
  readonly isRemote?: boolean;
  stop?(): Promise<void>;
}

/** One promise. */
interface UserClause {
  readonly name: string;
  readonly run: (subject: UserSubject) => Promise<void>;
}

/** Tokens that break parsers. */
const ODD_TOKENS = [
  undefined,
  '',
  ' ',
  '.',
  '..',
  'a.b.c',
  'eyJ.eyJ.eyJ',
  'e30.e30.',
  'e30.e30.AA',
  'j:\0ann',
  'w:ann',
  '__proto__',
  '\uD800.\uDFFF.x',
  '\0',
  'é'.repeat(3000),
  'eyJhbGciOiJub25lIn0.e30.',
  `eyJ${'A'.repeat(20_000)}.e30.AA`,
];
const ENDLESS = Array.from({ length: 3 }, () => 'tail').join('.');

const DEADLINE_MS = 10_000;

/** The only answer of an authorizer. */
export async function outcomeOf(
  { authorizer, isRemote }: Pick<UserSubject, 'authorizer' | 'isRemote'>,
  request: AccessRequest,
): Promise<AccessOutcome> {
  const outcomes: AccessOutcome[] = [];
  let resolveArrived: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (resolveArrived = resolve));
  authorizer.authorize(request, (outcome) => {
    outcomes.push(outcome);
    resolveArrived();
  });
  if (isRemote === true) await within(DEADLINE_MS, 'an answer of the authorizer', arrived);
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
  const [first] = outcomes;
  if (first === undefined || outcomes.length > 1) return expect.fail(`${outcomes.length} answers`);
  return first;
}

async function grantOf(subject: UserSubject, request: AccessRequest = subject.request('ann')): Promise<Grant> {
  const outcome = await outcomeOf(subject, request);
  return outcome.ok ? outcome.value : expect.fail(`refused: ${outcome.refusal.reason}`);
}

/** Promises of every adapter about its users. */
export const USER_CLAUSES: readonly UserClause[] = [
  {
    name: 'A1: admits its users, in any dialect, with and without an id and an origin',
    async run(subject) {
      for (const more of [{}, { id: undefined }, { origin: undefined }, { dialect: 'relay' }, { realm: realmKey('blue') }]) {
        await grantOf(subject, { ...subject.request('ann'), ...more });
      }
    },
  },
  {
    name: 'A6: refuses others with a reason, and without a part of their token',
    async run(subject) {
      const request = subject.refusedRequest?.();
      if (request === undefined) return;
      const outcome = await outcomeOf(subject, request);
      if (outcome.ok) return expect.fail('it was granted');
      expect(outcome.refusal.reason).toMatch(/^(token-(missing|invalid|expired|early)|not-admitted|authorizer-unreachable)$/);
      expect(JSON.stringify(outcome)).not.toContain(request.token ?? '\0');
    },
  },
  {
    name: 'A2: answers once for any token, and does not throw',
    async run(subject) {
      for (const token of [...ODD_TOKENS, `${ENDLESS}.${ENDLESS}`]) await outcomeOf(subject, { ...REQUEST, token });
    },
  },
  {
    name: 'A2: answers requests at the same time each with its own grant',
    async run(subject) {
      const users = ['ann', 'bob', 'ann', 'bob'] as const;
      const grants = await Promise.all(users.map((user) => grantOf(subject, subject.request(user))));
      const alone = [await grantOf(subject, subject.request('ann')), await grantOf(subject, subject.request('bob'))];
      expect(grants.map(({ owner }) => owner)).toEqual([...alone, ...alone].map(({ owner }) => owner));
    },
  },
  {
    name: 'A4: gives a user one owner with all its credentials, and another user another',
    async run(subject) {
      const owners = [await grantOf(subject), await grantOf(subject), await grantOf(subject, subject.request('bob'))];
      const [first, again, other] = owners.map(({ owner }) => owner);
      expect(first).toBe(again);
      if (!subject.hasOwners) return expect([first, other]).toEqual([undefined, undefined]);
      expect(first).toMatch(/^[jw]:[^]/);
      expect(other).not.toBe(first);
    },
  },
  {
    name: 'A5: gives the remaining lifetime in whole milliseconds, and grants nothing after it',
    async run(subject) {
      const request = subject.request('ann');
      expect((await grantOf(subject, request)).lifetime).toBe(subject.lifetime);
      if (subject.lifetime === NEVER) return;
      subject.advance(subject.lifetime - 1);
      expect((await grantOf(subject, request)).lifetime).toBe(1);
      subject.advance(1);
      expect((await outcomeOf(subject, request)).ok).toBe(false);
    },
  },
  {
    name: 'A3: gives patterns with at most one * at the end, and a rate above zero',
    async run(subject) {
      const { ids, realms, reservedIds, messagesPerSecond } = await grantOf(subject);
      for (const pattern of [ids, realms, reservedIds].flatMap((list) => list ?? [])) expect(pattern).toMatch(/^[^*]*\*?$/);
      expect(messagesPerSecond ?? 1).toBeGreaterThan(0);
    },
  },
  {
    name: 'A2: names the headers that it reads in lower case',
    run({ authorizer: { headers } }) {
      expect(headers.map((name) => name.toLowerCase())).toEqual(headers);
      return Promise.resolve();
    },
  },
];

/** The tests of an authorizer that knows its users. @param start creates a new subject for each test. */
export function userContract(start: () => UserSubject | Promise<UserSubject>): ContractTest[] {
  return USER_CLAUSES.map((clause) => ({ name: clause.name, run: () => runClause(clause, start) }));
}
