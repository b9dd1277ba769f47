import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { browserSuite, reconnectSuite } from './suite.ts';

browserSuite(SIGNALBOX_NODE);
reconnectSuite(SIGNALBOX_NODE);
