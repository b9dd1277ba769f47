import { TurnRestIceServers } from '../../../src/adapters/ice-servers/turn-rest.ts';
import {
  CLAUSES,
  iceServersContract,
  REST_CLAUSES,
  SECRET,
  STUN,
  subjectOf,
  TTL,
  TURN,
} from '../../../src/contracts/ice-servers/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

const settings = { stun: STUN, turn: TURN, secret: SECRET, ttl: TTL };

describeContract(
  'ICE servers: turn-rest',
  iceServersContract(() => subjectOf((unixTime) => new TurnRestIceServers(settings, unixTime)), [...CLAUSES, ...REST_CLAUSES]),
);
