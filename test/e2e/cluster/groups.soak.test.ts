import { NATS } from './brokers.ts';
import { describeGroups } from './groups-suite.ts';

describeGroups(NATS);
