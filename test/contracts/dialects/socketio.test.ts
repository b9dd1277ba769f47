import { dialectContract } from '../../../src/contracts/dialects/contract.ts';
import { SOCKETIO } from './socketio.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract('dialect socketio', dialectContract('socketio', SOCKETIO));
