export { elapsed, until, within } from '../../../src/contracts/until.ts';
