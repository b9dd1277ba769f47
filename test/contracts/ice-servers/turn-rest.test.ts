import { TurnRestIceServers } from '../../../src/adapters/ice-servers/turn-rest.ts';
import { CLAUSES, iceServersContract, REST_CLAUSES, SECRET, STUN, subjectOf, TTL, TURN } from './contract.ts';

const settings = { stun: STUN, turn: TURN, secret: SECRET, ttl: TTL };

iceServersContract('turn-rest', [...CLAUSES, ...REST_CLAUSES], () =>
  subjectOf((unixTime) => new TurnRestIceServers(settings, unixTime)),
);
