import { FixedIceServers } from '../../../src/adapters/ice-servers/fixed.ts';
import { iceServersContract, STUN, subjectOf, TTL, TURN } from '../../../src/contracts/ice-servers/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

const settings = { stun: STUN, turn: TURN, credentials: { username: 'user', credential: 'password' }, ttl: TTL };

describeContract(
  'ICE servers: fixed',
  iceServersContract(() => subjectOf((unixTime) => new FixedIceServers(settings, unixTime))),
);
