import { dialectContract } from './contract.ts';
import { PEERJS_XHR } from './peerjs-xhr.ts';

dialectContract('peerjs-xhr', PEERJS_XHR);
