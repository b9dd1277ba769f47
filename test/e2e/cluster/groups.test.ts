import { REDIS } from './brokers.ts';
import { describeGroups } from './groups-suite.ts';

describeGroups(REDIS);
