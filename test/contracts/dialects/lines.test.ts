import { dialectContract } from './contract.ts';
import { LINES } from './lines.ts';

dialectContract('lines', LINES);
