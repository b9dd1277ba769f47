import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { PEERO } from './peero.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect peero', dialectContract('peero', PEERO));
