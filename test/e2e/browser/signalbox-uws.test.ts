import { SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { browserSuite, comingBackSuite } from './suite.ts';

browserSuite(SIGNALBOX_UWS);
comingBackSuite(SIGNALBOX_UWS);
