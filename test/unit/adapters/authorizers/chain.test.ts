import { describe, expect, it } from 'vitest';
import { ChainAuthorizer } from '../../../../src/adapters/authorizers/chain.ts';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../../src/application/ports/authorizer.ts';
import { OPEN_GRANT, type Grant } from '../../../../src/domain/grant.ts';
import { realmKey } from '../../../../src/domain/ids.ts';
import type { AccessRefusal } from '../../../../src/domain/refusal.ts';
import { accepted, refused } from '../../../../src/domain/result.ts';

const REQUEST: AccessRequest = {
  ...{ dialect: 'peerjs', realm: realmKey('green'), id: 'ann', token: 't' },
  ...{ address: '192.0.2.1', origin: undefined, headers: {} },
};
const granted = (change: Partial<Grant> = {}): AccessOutcome => accepted({ ...OPEN_GRANT, ...change });
const TOKEN = granted({ owner: 'j:i\0ann', lifetime: 1_000, ids: ['a*'] });

/** Gives one outcome after a delay. */
class TestAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  asked = 0;
  readonly #outcome: AccessOutcome;
  readonly #delay: (answer: () => void) => void;

  constructor(outcome: AccessOutcome, headers: readonly string[] = [], delay = (answer: () => void): void => answer()) {
    this.headers = headers;
    this.#outcome = outcome;
    this.#delay = delay;
  }

  authorize(_: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    this.asked += 1;
    this.#delay(() => answer(this.#outcome));
  }
}

interface Asked {
  readonly answers: AccessOutcome[];
  readonly backend: TestAuthorizer;
}

function ask(token: AccessOutcome, backendOutcome: AccessOutcome, { always = false, latency = 0 } = {}): Asked {
  const clock = new ManualClock();
  const backend = new TestAuthorizer(backendOutcome, [], (answer) => void clock.wakeAt(latency, answer));
  const answers: AccessOutcome[] = [];
  const chain = new ChainAuthorizer({ tokens: new TestAuthorizer(token), backend, clock, always });
  chain.authorize(REQUEST, (outcome) => void answers.push(outcome));
  clock.advance(latency);
  return { answers, backend };
}

describe('ChainAuthorizer', () => {
  it('A9: a client with a valid token does not reach the backend', () => {
    const { answers, backend } = ask(TOKEN, refused({ reason: 'authorizer-unreachable' }));
    expect([answers, backend.asked]).toEqual([[TOKEN], 0]);
  });

  it('A9: a client without a token gets the answer of the backend', () => {
    const outcome = granted({ owner: 'w:42' });
    expect(ask(refused({ reason: 'token-missing' }), outcome).answers).toEqual([outcome]);
  });

  const refusals: readonly AccessRefusal[] = [
    { reason: 'token-invalid', detail: 'signature' },
    { reason: 'token-expired' },
    { reason: 'token-early' },
    { reason: 'authorizer-unreachable' },
  ];
  it.each(refusals)('A9: a client whose token is refused does not reach the backend: $reason', (refusal) => {
    for (const always of [true, false]) {
      const { answers, backend } = ask(refused(refusal), granted(), { always });
      expect([answers, backend.asked]).toEqual([[refused(refusal)], 0]);
    }
  });

  it('A9: with auth_url_always, a client needs both, and has the rights that both grant', () => {
    const denied = refused<AccessRefusal>({ reason: 'not-admitted', message: 'Not allowed' });
    expect(ask(TOKEN, denied, { always: true }).answers).toEqual([denied]);
    const { answers } = ask(TOKEN, granted({ owner: 'w:42', ids: ['ann', 'bob'] }), { always: true });
    expect(answers).toMatchObject([{ ok: true, value: { owner: 'j:i\0ann', ids: ['ann'], lifetime: 1_000 } }]);
  });

  it('A5, A9: the lifetime of the token counts from its own answer on', () => {
    const at = (latency: number): unknown => ask(TOKEN, granted(), { always: true, latency }).answers[0];
    expect(at(400)).toMatchObject({ ok: true, value: { lifetime: 600 } });
    expect(at(1_000)).toEqual(refused({ reason: 'token-expired' }));
  });

  it('A9: reads the headers of both', () => {
    const tokens = new TestAuthorizer(TOKEN, ['authorization']);
    const backend = new TestAuthorizer(TOKEN, ['cookie', 'authorization']);
    const chain = new ChainAuthorizer({ tokens, backend, clock: new ManualClock(), always: false });
    expect(chain.headers).toEqual(['authorization', 'cookie']);
  });
});
