import { dialectContract } from './contract.ts';
import { RELAY } from './relay.ts';

dialectContract('relay', RELAY);
