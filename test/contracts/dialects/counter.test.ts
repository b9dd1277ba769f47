import { statefulDialectContract } from '../../../src/contracts/dialects/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { COUNTER } from './counter.ts';

describeContract('a stateful dialect', statefulDialectContract('counter', COUNTER));
