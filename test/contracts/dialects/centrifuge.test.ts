import { statefulDialectContract } from '../../../src/contracts/dialects/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { centrifugeSubject } from './centrifuge.ts';

describeContract('Centrifuge', statefulDialectContract('centrifuge', centrifugeSubject([])));
describeContract('Centrifuge with prefixes', statefulDialectContract('centrifuge', centrifugeSubject(['peerix:'])));
