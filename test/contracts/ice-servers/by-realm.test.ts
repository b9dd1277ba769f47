import { expect, it } from 'vitest';
import { IceServersByRealm } from '../../../src/adapters/ice-servers/by-realm.ts';
import { FixedIceServers } from '../../../src/adapters/ice-servers/fixed.ts';
import { TurnRestIceServers } from '../../../src/adapters/ice-servers/turn-rest.ts';
import type { IssuedIceServers } from '../../../src/application/ports/ice-servers.ts';
import { realmKey } from '../../../src/domain/ids.ts';
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
  'ICE servers: by realm',
  iceServersContract(
    () =>
      subjectOf((unixTime) => {
        const source = new TurnRestIceServers(settings, unixTime);
        return new IceServersByRealm(() => source);
      }),
    [...CLAUSES, ...REST_CLAUSES],
  ),
);

it('I13: each realm receives the ICE servers of its own source', () => {
  const sourceOf = (name: string) =>
    new FixedIceServers({ stun: [`stun:${name}`], turn: [], credentials: undefined, ttl: 60 }, () => 0);
  const iceServers = new IceServersByRealm(sourceOf);
  const issued: IssuedIceServers[] = [];
  for (const realm of ['green', 'blue']) iceServers.issue({ realm: realmKey(realm), owner: 'ann' }, (one) => issued.push(one));
  expect(issued.map(({ servers }) => servers[0]?.urls)).toEqual([['stun:green'], ['stun:blue']]);
});
