import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { holds, protocolSuite } from './suite.ts';

protocolSuite(SIGNALBOX_NODE, holds);
