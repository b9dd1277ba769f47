import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MeteredAuthorizer } from '../../../src/application/metered-authorizer.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../src/application/ports/authorizer.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';

it('MeteredAuthorizer: counts decisions by result, and passes everything on', () => {
  let seconds = 0;
  const telemetry = new MemoryTelemetry(() => (seconds += 0.25));
  const outcomes: AccessOutcome[] = [
    { ok: true, value: OPEN_GRANT },
    { ok: false, refusal: { reason: 'token-expired' } },
    { ok: false, refusal: { reason: 'token-expired' } },
  ];
  let isClosed = false;
  const pending = [...outcomes];
  const inner: Authorizer = {
    headers: ['cookie'],
    authorize: (_, answer) => answer(pending.shift() as AccessOutcome),
    close: () => void (isClosed = true),
  };
  const metered = new MeteredAuthorizer(inner, 'jwt', telemetry);
  const answers: AccessOutcome[] = [];
  for (let n = 0; n < 3; n++) metered.authorize({} as AccessRequest, (outcome) => answers.push(outcome));
  metered.close();
  expect([answers, metered.headers, isClosed]).toEqual([outcomes, ['cookie'], true]);
  expect(telemetry.samples('auth_total').map(({ labels, value }) => [labels['method'], labels['result'], value])).toEqual([
    ['jwt', 'granted', 1],
    ['jwt', 'token-expired', 2],
  ]);
  expect(telemetry.samples('auth_seconds')[0]?.value).toBe(0.75);
});
