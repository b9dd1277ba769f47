import { dialectContract } from './contract.ts';
import { PEERO } from './peero.ts';

dialectContract('peero', PEERO);
