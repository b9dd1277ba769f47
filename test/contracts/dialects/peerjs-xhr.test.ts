import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { PEERJS_XHR } from './peerjs-xhr.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect peerjs-xhr', dialectContract('peerjs-xhr', PEERJS_XHR));
