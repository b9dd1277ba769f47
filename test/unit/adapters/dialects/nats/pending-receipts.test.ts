import { describe, expect, it } from 'vitest';
import { PendingReceipts, type PendingVerb } from '../../../../../src/adapters/dialects/nats/pending-receipts.ts';

const verb = (subject: string): PendingVerb => ({ verb: 'publish', subject, reply: undefined, isConfirmed: false });

describe('PendingReceipts', () => {
  it('W5: finds a verb by its receipt, and forgets it with the next result', () => {
    const pending = new PendingReceipts();
    const verbs = ['a', 'b', 'c'].map(verb);
    expect(verbs.map((one) => pending.add(one))).toEqual([0, 1, 2]);
    expect([pending.oldest, pending.answered(0), pending.answered(0), pending.oldest]).toEqual([
      ...[verbs[0], verbs[0], verbs[0], verbs[1]],
    ]);
    expect([pending.answered(2), pending.answered(1), pending.answered(0), pending.oldest]).toEqual([
      ...[verbs[2], undefined, undefined, undefined],
    ]);
  });
});
