import { SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { holds, protocolSuite } from './suite.ts';

protocolSuite(SIGNALBOX_UWS, holds);
