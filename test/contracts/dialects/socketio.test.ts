import { dialectContract } from './contract.ts';
import { SOCKETIO } from './socketio.ts';

dialectContract('socketio', SOCKETIO);
