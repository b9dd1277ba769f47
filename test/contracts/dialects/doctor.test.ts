import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { DOCTOR } from './doctor.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect doctor', dialectContract('doctor', DOCTOR));
