import { describe, expect, it } from 'vitest';
import { PROVIDER_POLICY, type ProviderPolicy } from '../../../src/adapters/ice-servers/provider/provider.ts';
import { iceServersContract, STUN } from '../../../src/contracts/ice-servers/contract.ts';
import { PROVIDER_CLAUSES } from './provider-clauses.ts';
import { answerFor, ProviderFixture } from './provider-fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'ICE servers: provider',
  iceServersContract(() => new ProviderFixture()),
);

describe('ICE servers: provider', () => {
  for (const clause of PROVIDER_CLAUSES) it(clause.name, () => clause.run(new ProviderFixture()));

  it('I11: gives the configured STUN URLs too, and without the provider', async () => {
    const fixture = new ProviderFixture({}, ['stun:own.example.org', ...STUN]);
    fixture.answer = undefined;
    const waiting = fixture.issue();
    fixture.clock.advance(3_000);
    expect(await waiting).toMatchObject([{ servers: [{ urls: ['stun:own.example.org', ...STUN] }] }]);
    fixture.answer = () => Promise.resolve(answerFor('user'));
    fixture.clock.advance(10_000);
    expect((await fixture.issue())[0]?.servers[0]?.urls).toEqual(['stun:own.example.org', ...STUN]);
  });

  it('I11: requests the first answer before a client asks', async () => {
    const fixture = new ProviderFixture();
    fixture.iceServers.prepare();
    expect(fixture.requests).toBe(1);
    expect([await fixture.username(), fixture.requests]).toEqual(['user-1', 1]);
  });
});

const MUTANTS: Readonly<Record<string, Partial<ProviderPolicy>>> = {
  'gives an answer until its expiry': { keepUntil: 1 },
  'gives an answer for half of its lifetime only': { keepUntil: 0.5 },
  'never asks ahead': { renewAfter: PROVIDER_POLICY.keepUntil },
  'asks for each client': { renewAfter: 0 },
  'asks a failing provider for each client': { retryAfter: 0 },
  'asks a failing provider after a minute': { retryAfter: 60_000 },
  'waits without end': { timeout: 1_000_000_000 },
  'does not wait': { timeout: 1 },
};

describe('the clauses for providers', () => {
  for (const [name, policy] of Object.entries(MUTANTS)) {
    it(`reject an adapter that ${name}`, async () => {
      const failed: string[] = [];
      for (const clause of PROVIDER_CLAUSES) {
        await clause.run(new ProviderFixture(policy)).catch(() => failed.push(clause.name));
      }
      expect(failed).not.toEqual([]);
    });
  }
});
