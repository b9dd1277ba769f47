import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../../src/application/ports/authorizer.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { within } from '../../support/e2e/until.ts';
import { REQUEST, runClause, type AuthorizerSubject } from '../../../src/contracts/authorizers/contract.ts';
import { outcomeOf, userContract, type UserSubject } from '../../../src/contracts/authorizers/user-contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

/** An authorizer that asks a source, which can be out of reach. */
export interface BackendSubject extends UserSubject {
  refusedRequest(): ReturnType<UserSubject['request']>;
  breakSource(): void;
  /** Everything that the authorizer logged. */
  readonly events: readonly LogEvent[];
}

/** One promise. */
interface BackendClause {
  readonly name: string;
  run(subject: BackendSubject): Promise<void>;
}

/** Marks secrets, which must not appear anywhere. */
const CANARY = 'canary-7d1f';

const SECRETS = [
  ...[CANARY, '', `${CANARY}.${CANARY}.${CANARY}`, `${CANARY}\0\r\n\u2028`, `${CANARY}\ud800`, `__proto__${CANARY}`],
  CANARY.repeat(800),
];

/** Promises of adapters that ask a source. */
export const BACKEND_CLAUSES: readonly BackendClause[] = [
  {
    name: 'A9: refuses every client while its source is out of reach',
    async run(subject) {
      const [admitted, refused] = [subject.request('ann'), subject.refusedRequest()];
      subject.breakSource();
      for (const request of [admitted, refused]) {
        expect(await outcomeOf(subject, request)).toEqual({ ok: false, refusal: { reason: 'authorizer-unreachable' } });
      }
      expect(subject.events).toMatchObject([{ event: 'authorizer-lost' }]);
    },
  },
  {
    name: 'A6: shows no token, id and header in a refusal or in the log, also while its source is out of reach',
    async run(subject) {
      const refusals: unknown[] = [];
      const ask = async (token: string): Promise<void> => {
        const headers = { cookie: CANARY, authorization: CANARY };
        const outcome = await outcomeOf(subject, { ...REQUEST, id: CANARY, token, headers });
        if (!outcome.ok) refusals.push(outcome.refusal);
      };
      for (const token of SECRETS) await ask(token);
      subject.breakSource();
      await ask(CANARY);
      const written = JSON.stringify([refusals, subject.events], (_, value: unknown) =>
        value instanceof Error ? `${value.message} ${value.stack ?? ''}` : value,
      );
      expect(written).not.toContain(CANARY);
    },
  },
  {
    name: 'A9: answers more requests than are in flight, each with its own answer',
    async run(subject) {
      const isAdmitted = Array.from({ length: 200 }, (_, index) => index % 3 !== 0);
      const asked = isAdmitted.map((admitted) =>
        outcomeOf(subject, admitted ? subject.request('ann') : subject.refusedRequest()),
      );
      expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual(isAdmitted);
    },
  },
  {
    name: 'A6: gives clients a text of 1 to 120 characters in one line',
    async run(subject) {
      const outcome = await outcomeOf(subject, subject.refusedRequest());
      if (outcome.ok || outcome.refusal.reason !== 'not-admitted') return expect.fail(JSON.stringify(outcome));
      expect(outcome.refusal.message).toMatch(/^[^\p{Cc}]{1,120}$/u);
    },
  },
  {
    name: 'A2: does not change the request',
    async run(subject) {
      const { headers, ...facts } = subject.request('ann');
      await outcomeOf(subject, Object.freeze({ ...facts, headers: Object.freeze({ ...headers }) }));
    },
  },
];

/** The contract suite of one adapter that asks a source. */
export function backendContract(name: string, start: () => BackendSubject | Promise<BackendSubject>): void {
  describeContract(`users of an authorizer: ${name}`, userContract(start));
  describe(`authorizers that ask a source: ${name}`, () => {
    for (const clause of BACKEND_CLAUSES) it(clause.name, () => runClause(clause, start));
  });
}

/** A subject of the suite of every authorizer, for one whose answers come later. */
export async function simpleSubject(start: () => UserSubject | Promise<UserSubject>): Promise<AuthorizerSubject> {
  const subject = await start();
  const pending = new Set<Promise<unknown>>();
  const authorizer: Authorizer = {
    headers: subject.authorizer.headers,
    authorize: (request, answer) => {
      let resolveAnswered: () => void = () => undefined;
      pending.add(new Promise<void>((resolve) => (resolveAnswered = resolve)));
      subject.authorizer.authorize(request, (outcome) => {
        answer(outcome);
        resolveAnswered();
      });
    },
  };
  const settle = async (): Promise<void> => {
    await within(10_000, 'all answers of the authorizer', Promise.all(pending));
    await new Promise((resolve) => setImmediate(resolve));
  };
  const stop = async (): Promise<void> => subject.stop?.();
  return { authorizer, token: subject.request('ann').token ?? '', settle, stop };
}
