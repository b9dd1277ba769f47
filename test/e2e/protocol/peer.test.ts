import { PEER } from '../../support/e2e/server-kinds.ts';
import { holdsOrDiffers, protocolSuite } from './suite.ts';

protocolSuite(PEER, holdsOrDiffers);
