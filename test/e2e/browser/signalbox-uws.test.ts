import { SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { browserSuite, reconnectSuite } from './suite.ts';

browserSuite(SIGNALBOX_UWS);
reconnectSuite(SIGNALBOX_UWS);
