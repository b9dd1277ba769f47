import { NATS } from './brokers.ts';
import { describeWires } from './wires-suite.ts';

describeWires(NATS);
