import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { RELAY } from './relay.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect relay', dialectContract('relay', RELAY));
