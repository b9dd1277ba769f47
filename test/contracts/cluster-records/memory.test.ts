import { recordsContract } from '../../../src/contracts/cluster-records/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { memoryRecords } from './memory.ts';

describeContract(
  'cluster records memory',
  recordsContract(() => Promise.resolve(memoryRecords())),
);
