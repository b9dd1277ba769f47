import { FixedIceServers } from '../../../src/adapters/ice-servers/fixed.ts';
import { CLAUSES, iceServersContract, STUN, subjectOf, TTL, TURN } from './contract.ts';

const settings = { stun: STUN, turn: TURN, credentials: { username: 'user', credential: 'password' }, ttl: TTL };

iceServersContract('fixed', CLAUSES, () => subjectOf((unixTime) => new FixedIceServers(settings, unixTime)));
