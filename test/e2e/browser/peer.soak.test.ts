import { PEER } from '../../support/e2e/server-kinds.ts';
import { browserSuite } from './suite.ts';

browserSuite(PEER);
