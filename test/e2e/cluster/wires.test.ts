import { REDIS } from './brokers.ts';
import { describeWires } from './wires-suite.ts';

describeWires(REDIS);
