import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { webhookSuite } from './webhook-suite.ts';

webhookSuite(SIGNALBOX_NODE);
