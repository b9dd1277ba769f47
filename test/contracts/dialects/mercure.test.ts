import { dialectContract } from './contract.ts';
import { MERCURE } from './mercure.ts';

dialectContract('mercure', MERCURE);
