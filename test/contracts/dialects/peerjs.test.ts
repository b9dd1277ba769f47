import { dialectContract } from './contract.ts';
import { PEERJS } from './peerjs.ts';

dialectContract('peerjs', PEERJS);
