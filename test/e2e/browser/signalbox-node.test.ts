import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { browserSuite, comingBackSuite } from './suite.ts';

browserSuite(SIGNALBOX_NODE);
comingBackSuite(SIGNALBOX_NODE);
