import { describe, expect, it } from 'vitest';
import { DURABLE_MUTANTS, durableStore, durableTestsOf } from '../../../src/contracts/mailboxes/durable-mutants.ts';
import { describeContract, failuresOf } from '../../support/describe-contract.ts';

describe('the contract of durable mailbox stores', () => {
  for (const { fault, make, fails } of DURABLE_MUTANTS) {
    it(`detects a store that ${fault}`, async () => {
      expect(await failuresOf(durableTestsOf(make))).toEqual(fails);
    });
  }
});

describeContract('a durable store in memory', durableTestsOf(durableStore));
