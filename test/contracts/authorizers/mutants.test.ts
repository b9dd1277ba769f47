import { describe, expect, it } from 'vitest';
import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../src/application/ports/authorizer.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { accepted, refused } from '../../../src/domain/result.ts';
import { CLAUSES } from '../../../src/contracts/authorizers/contract.ts';

type Answer = (outcome: AccessOutcome) => void;

/** Wrong authorizers, each with the clause that must fail. */
const MUTANTS: readonly (readonly [name: string, rule: string, change: Partial<Authorizer>])[] = [
  ['answers twice', 'A2: answers', { authorize: (_, answer) => [1, 2].forEach(() => answer(accepted(OPEN_GRANT))) }],
  ['does not answer for an empty token', 'A2: answers', answering(({ token }, answer) => token !== '' && grant(answer))],
  ['throws for a long token', 'A2: answers', answering(({ token }, answer) => (token ?? '').length.toFixed(-1) && grant(answer))],
  ['knows another outcome than its answer', 'A2: an outcome', { decideNow: () => refused({ reason: 'token-expired' }) }],
  ['names a header in upper case', 'A2: names', { headers: ['Authorization'] }],
  ['grants an expired grant', 'A3: grants', answering((_, answer) => answer(accepted({ ...OPEN_GRANT, lifetime: 0 })))],
  ['refuses a valid token', 'A3: grants', answering((_, answer) => answer(refused({ reason: 'token-expired' })))],
  ['grants an owner without a prefix', 'A3: grants', answering((_, answer) => answer(accepted({ ...OPEN_GRANT, owner: 'ann' })))],
  [
    'shows the token in its refusal',
    'A6: its',
    answering(({ token = '' }, answer) =>
      token.startsWith('secret') ? answer(refused({ reason: 'not-admitted', message: token })) : grant(answer),
    ),
  ],
];

function answering(authorize: (request: AccessRequest, answer: Answer) => unknown): Partial<Authorizer> {
  return { authorize: (request, answer) => void authorize(request, answer) };
}

function grant(answer: Answer): void {
  answer(accepted(OPEN_GRANT));
}

describe('the contract suite of authorizers', () => {
  it.each(MUTANTS)('fails an authorizer that %s', async (_, rule, change) => {
    const failed: string[] = [];
    for (const { name, run } of CLAUSES) {
      const authorizer = Object.assign(new OpenAuthorizer(), change);
      await run({ authorizer, token: 'any', settle: () => Promise.resolve() }).catch(() => failed.push(name));
    }
    expect(failed.map((name) => name.slice(0, rule.length))).toContain(rule);
  });
});
