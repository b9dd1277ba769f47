import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { LINES } from './lines.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect lines', dialectContract('lines', LINES));
