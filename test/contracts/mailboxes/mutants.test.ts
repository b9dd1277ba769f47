import { describe, expect, it } from 'vitest';
import { LateStore } from '../../../src/contracts/mailboxes/faulty-stores.ts';
import { MAILBOX_MUTANTS, testsOf } from '../../../src/contracts/mailboxes/mutants.ts';
import { failuresOf } from '../../support/describe-contract.ts';

describe('the mailbox store contract', () => {
  for (const mutant of MAILBOX_MUTANTS) {
    it(`detects a store that ${mutant.fault}`, async () => {
      expect(await failuresOf(testsOf(mutant))).toEqual(mutant.fails);
    });
  }

  it('accepts a store that answers in a later turn', async () => {
    expect(await failuresOf(testsOf({ make: (limits) => new LateStore(limits) }))).toEqual([]);
  });
});
