import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { MERCURE } from './mercure.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect mercure', dialectContract('mercure', MERCURE));
