import { expect, it } from 'vitest';
import { accessCloseReason, accessText } from '../../../../../src/adapters/dialects/shared/access-refusals.ts';
import { peerId } from '../../../domain/session-fixture.ts';

it('A6: the text names the id, and the close reason does not, because it holds 123 bytes', () => {
  const refusal = { reason: 'id-not-granted', id: peerId('x'.repeat(128)) } as const;
  expect(accessText(refusal)).toContain('x'.repeat(128));
  expect(accessCloseReason(refusal).length).toBeLessThan(60);
});

it('A6: the text of an authorizer is passed on, and is no close reason', () => {
  const refusal = { reason: 'not-admitted', message: 'The account is closed' } as const;
  expect([accessText(refusal), accessCloseReason(refusal)]).toEqual(['The account is closed', 'Not allowed']);
});
