import { describe, expect, it } from 'vitest';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../src/application/ports/authorizer.ts';
import type { Grant } from '../../../src/domain/grant.ts';
import { accepted, refused } from '../../../src/domain/result.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { USER_CLAUSES, type UserSubject } from '../../../src/contracts/authorizers/user-contract.ts';
import { jwtSubject } from './jwt.ts';

type Answer = (outcome: AccessOutcome) => void;
type Fault = (inner: Authorizer, request: AccessRequest, answer: Answer) => void;

const changed =
  (change: (grant: Grant, request: AccessRequest) => Partial<Grant>): Fault =>
  (inner, request, answer) =>
    inner.authorize(request, (outcome) =>
      answer(outcome.ok ? accepted({ ...outcome.value, ...change(outcome.value, request) }) : outcome),
    );

const MUTANTS: Readonly<Record<string, Fault>> = {
  'answers twice': (inner, request, answer) => {
    inner.authorize(request, answer);
    inner.authorize(request, answer);
  },
  'does not answer': () => undefined,
  'does not answer if there is no token': (inner, request, answer) =>
    request.token === undefined ? undefined : inner.authorize(request, answer),
  'throws for a long token': (inner, request, answer) => {
    if ((request.token ?? '').length > 10_000) throw new Error('too long');
    inner.authorize(request, answer);
  },
  'refuses everybody': (_, __, answer) => answer(refused({ reason: 'token-missing' })),
  'refuses clients without an origin': (inner, request, answer) =>
    request.origin === undefined ? answer(refused({ reason: 'token-missing' })) : inner.authorize(request, answer),
  'refuses other dialects': (inner, request, answer) =>
    request.dialect === 'peerjs' ? inner.authorize(request, answer) : answer(refused({ reason: 'token-missing' })),
  'shows the token in a refusal': (inner, request, answer) =>
    inner.authorize(request, (outcome) =>
      answer(outcome.ok ? outcome : refused({ reason: 'token-invalid', detail: request.token ?? '' })),
    ),
  'refuses with the reason of the caller': (inner, request, answer) =>
    inner.authorize(request, (outcome) => answer(outcome.ok ? outcome : refused({ reason: 'realm-not-granted' }))),
  'gives everybody one owner': changed(() => ({ owner: 'j:us\0all' })),
  'gives the token as the owner': changed((_, { token }) => ({ owner: `j:${token ?? ''}` })),
  'gives an owner without a prefix': changed(({ owner }) => ({ owner: owner?.slice(2) })),
  'gives no owner': changed(() => ({ owner: undefined })),
  'gives the lifetime in seconds': changed(({ lifetime }) => ({ lifetime: lifetime / 1000 })),
  'gives no expiry': changed(() => ({ lifetime: NEVER })),
  'gives a pattern with a * inside': changed(() => ({ ids: ['a*b'] })),
  'gives a realm with two *': changed(() => ({ realms: ['a**'] })),
  'gives a rate of zero': changed(() => ({ messagesPerSecond: 0 })),
};

function mutant(fault: Fault): UserSubject {
  const subject = jwtSubject();
  const { authorizer } = subject;
  return {
    ...subject,
    advance: (span) => subject.advance(span),
    authorizer: { headers: [], authorize: (request, answer) => fault(authorizer, request, answer) },
  };
}

async function failures(start: () => UserSubject): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of USER_CLAUSES) {
    try {
      await clause.run(start());
    } catch {
      failed.push(clause.name);
    }
  }
  return failed;
}

describe('the contract suite for the users of authorizers', () => {
  it('accepts an adapter that answers later', async () => {
    const late: Fault = (inner, request, answer) => inner.authorize(request, (outcome) => queueMicrotask(() => answer(outcome)));
    expect(await failures(() => mutant(late))).toEqual([]);
  });

  for (const [name, fault] of Object.entries(MUTANTS)) {
    it(`rejects an adapter that ${name}`, async () => expect(await failures(() => mutant(fault))).not.toEqual([]));
  }

  it('rejects an adapter that keeps the first grant for all', async () => {
    const start = (): UserSubject => {
      let first: AccessOutcome | undefined;
      return mutant((inner, request, answer) =>
        inner.authorize(request, (outcome) => answer((first ??= outcome.ok ? outcome : undefined) ?? outcome)),
      );
    };
    expect(await failures(start)).not.toEqual([]);
  });

  it('rejects an adapter that reads a header in capitals', async () => {
    const start = (): UserSubject => ({ ...mutant((inner, ...call) => inner.authorize(...call)) });
    const shouting = (): UserSubject => {
      const subject = start();
      return { ...subject, authorizer: { ...subject.authorizer, headers: ['Cookie'] } };
    };
    expect(await failures(shouting)).toEqual(['A2: names the headers that it reads in lower case']);
  });

  it('rejects an adapter that ignores the clock', async () => {
    const start = (): UserSubject => ({ ...jwtSubject(), advance: () => undefined });
    expect(await failures(start)).not.toEqual([]);
  });
});
