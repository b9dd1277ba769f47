import { describe, expect, it } from 'vitest';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../src/application/ports/authorizer.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { accepted, refused } from '../../../src/domain/result.ts';
import { BACKEND_CLAUSES, type BackendSubject } from './backend-clauses.ts';
import { functionSubject } from './backends.ts';
import { runClause } from '../../../src/contracts/authorizers/contract.ts';
import { USER_CLAUSES } from '../../../src/contracts/authorizers/user-contract.ts';

type Answer = (outcome: AccessOutcome) => void;
/** A wrong authorizer around a correct one. */
type Fault = (inner: Authorizer, request: AccessRequest, answer: Answer, events: LogEvent[]) => void;

const UNREACHABLE: AccessOutcome = refused({ reason: 'authorizer-unreachable' });

const denying =
  (change: (request: AccessRequest) => AccessOutcome): Fault =>
  (inner, request, answer) =>
    inner.authorize(request, (outcome) => {
      const isDenied = !outcome.ok && outcome.refusal.reason === 'not-admitted';
      answer(isDenied ? change(request) : outcome);
    });

const MUTANTS: Readonly<Record<string, () => Fault>> = {
  'fails open': () => (inner, request, answer) =>
    inner.authorize(request, (outcome) =>
      answer(!outcome.ok && outcome.refusal.reason === 'authorizer-unreachable' ? accepted(OPEN_GRANT) : outcome),
    ),
  'denies while its source is out of reach': () => (inner, request, answer) =>
    inner.authorize(request, (outcome) =>
      answer(outcome.ok ? outcome : refused({ reason: 'not-admitted', message: 'Not allowed' })),
    ),
  'calls every denial unreachable': () => denying(() => UNREACHABLE),
  'shows the token to the client': () =>
    denying(({ token }) => refused({ reason: 'not-admitted', message: `no ${token ?? ''}` })),
  'gives long texts': () => denying(() => refused({ reason: 'not-admitted', message: 'x'.repeat(121) })),
  'gives texts of two lines': () => denying(() => refused({ reason: 'not-admitted', message: 'one\ntwo' })),
  'gives no text': () => denying(() => refused({ reason: 'not-admitted', message: '' })),
  'logs the token': () => (inner, request, answer, events) => {
    events.push({ event: 'fault', error: new Error(`unknown: ${request.token ?? ''}`), connection: undefined });
    inner.authorize(request, answer);
  },
  'logs the cookie': () => (inner, request, answer, events) => {
    const detail = request.headers['cookie'] ?? '';
    events.push({ event: 'authorizer-lost', authorizer: 'function', detail, failures: 1 });
    inner.authorize(request, answer);
  },
  'drops requests beyond those in flight': () => {
    let inFlight = 0;
    return (inner, request, answer) => {
      if (inFlight >= 64) return answer(UNREACHABLE);
      inFlight += 1;
      inner.authorize(request, (outcome) => {
        inFlight -= 1;
        answer(outcome);
      });
    };
  },
  'mixes up the answers of two requests': () => {
    const waiting: Answer[] = [];
    return (inner, request, answer) => {
      waiting.push(answer);
      inner.authorize(request, (outcome) => waiting.pop()?.(outcome));
    };
  },
  'changes the request': () => (inner, request, answer) => {
    Object.assign(request.headers, { cookie: '' });
    inner.authorize(request, answer);
  },
};

function mutant(fault: Fault): BackendSubject {
  const inner = functionSubject(true);
  const events: LogEvent[] = [];
  const all = (): readonly LogEvent[] => [...inner.events, ...events];
  return {
    ...inner,
    authorizer: { headers: [], authorize: (request, answer) => fault(inner.authorizer, request, answer, events) },
    get events() {
      return all();
    },
  };
}

async function failures(start: () => BackendSubject): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of USER_CLAUSES) await runClause(clause, start).catch(() => failed.push(clause.name));
  for (const clause of BACKEND_CLAUSES) await runClause(clause, start).catch(() => failed.push(clause.name));
  return failed;
}

describe('the contract suite for authorizers that ask a source', () => {
  it('accepts a correct one', async () => {
    expect(await failures(() => mutant((inner, request, answer) => inner.authorize(request, answer)))).toEqual([]);
  });

  for (const [name, fault] of Object.entries(MUTANTS)) {
    it(`rejects one that ${name}`, async () => expect(await failures(() => mutant(fault()))).not.toEqual([]));
  }
});
