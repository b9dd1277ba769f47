import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { fuzzSuite } from './suite.ts';

fuzzSuite(SIGNALBOX_NODE);
