import { statefulDialectContract } from '../../../src/contracts/dialects/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { natsSubject } from './nats.ts';

describeContract('NATS', statefulDialectContract('nats', natsSubject([])));
describeContract('NATS with prefixes', statefulDialectContract('nats', natsSubject(['peerix.'])));
