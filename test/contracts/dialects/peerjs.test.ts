import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { PEERJS } from './peerjs.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect peerjs', dialectContract('peerjs', PEERJS));
