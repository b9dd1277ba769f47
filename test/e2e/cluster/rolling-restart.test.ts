import { REDIS } from './brokers.ts';
import { describeRollingRestart } from './rolling-restart-suite.ts';

describeRollingRestart(REDIS);
