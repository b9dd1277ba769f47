import { describe, expect, it } from 'vitest';
import type { PeerDetails } from '../../../src/application/ports/operations.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

function detailsOf(broker: TestBroker, id: string): PeerDetails | undefined {
  let found: PeerDetails | undefined;
  broker.broker.operations.peer({ realm: 'peerjs', id }, (details) => (found = details));
  return found;
}

describe('the details of a peer', () => {
  it('ADM2: have its place, its times, its traffic and its grant', () => {
    const authorizer = new ScriptedAuthorizer();
    authorizer.grant('t', { subject: 'user-1', tokenId: 'token-1', lifetime: 60_000 });
    const broker = new TestBroker({}, { authorizer });
    const ann = broker.connectPeer('ann');
    broker.advance(1_000);
    ann.send({ type: 'HEARTBEAT' });
    broker.advance(2_000);
    expect(detailsOf(broker, 'ann')).toMatchObject({
      ...{ node: 'alone', realm: 'peerjs', id: 'ann', kind: 'peer', state: 'open', dialect: 'peerjs', carrier: 'socket' },
      ...{ address: '192.0.2.1', openFor: 3_000, idleFor: 2_000, framesIn: 1, bytesIn: 20, framesOut: 1 },
      ...{ subject: 'user-1', tokenId: 'token-1', expiresIn: 57_000, topics: 0, isPaused: false },
      waiting: { messages: 0, bytes: 0 },
    });
  });

  it('ADM2: contain no token', () => {
    const broker = new TestBroker();
    broker.connectPeer('ann', { token: 'secret-of-ann' });
    const details = detailsOf(broker, 'ann');
    expect([details?.expiresIn, JSON.stringify(details).includes('secret-of-ann')]).toEqual([undefined, false]);
  });
});
