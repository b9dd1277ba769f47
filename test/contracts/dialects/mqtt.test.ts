import { statefulDialectContract } from '../../../src/contracts/dialects/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { mqttSubject } from './mqtt.ts';

describeContract('MQTT', statefulDialectContract('mqtt', mqttSubject([])));
describeContract('MQTT with prefixes', statefulDialectContract('mqtt', mqttSubject(['peerix:'])));
