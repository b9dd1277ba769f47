import { describe, expect, it } from 'vitest';
import { TestBroker } from '../../support/test-broker.ts';

/** The user part of the credentials, or the status of a refusal. */
function userAt(broker: TestBroker, query: string, address = '192.0.2.1'): string | number {
  const { status, body } = broker.transport.http('GET', `/peerjs/ice?${query}`, { address });
  const found = /"username":"\d+:([^"]+)"/.exec(body)?.[1];
  return found ?? status;
}

const TURN = { turn: ['turn:turn.example.org'], turnSecret: ['a secret of the tests'], iceRateLimit: 0 };

describe('ICE servers for peers', () => {
  it('I3: are given to an open peer that gives its token', () => {
    const broker = new TestBroker(TURN);
    broker.connectPeer('ann', { token: 'hers' });
    expect(userAt(broker, 'id=ann&token=hers')).toEqual(expect.any(String));
    for (const query of ['', 'id=ann', 'token=hers', 'id=ann&token=', 'id=ann&token=other', 'id=bob&token=hers']) {
      expect(userAt(broker, query), query).toBe(401);
    }
  });

  it('I3: are refused to a peer that has left', () => {
    const broker = new TestBroker(TURN);
    const ann = broker.connectPeer('ann');
    ann.send({ type: 'LEAVE' });
    broker.transport.settle();
    expect(userAt(broker, 'id=ann&token=t')).toBe(401);
  });

  it('I7: have one user for each id and token, also after a reconnect and from another address', () => {
    const broker = new TestBroker(TURN);
    broker.connectPeer('ann', { token: 'hers' });
    broker.connectPeer('bob', { token: 'hers' });
    const ann = userAt(broker, 'id=ann&token=hers');
    expect(userAt(broker, 'id=bob&token=hers')).not.toBe(ann);
    broker.connectPeer('ann', { token: 'hers' });
    expect(userAt(broker, 'id=ann&token=hers', '192.0.2.9')).toBe(ann);
  });
});

describe('ICE servers for everybody', () => {
  it('I4: are given for each address or network, and for each peer', () => {
    const broker = new TestBroker({ ...TURN, iceAccess: 'everybody' });
    broker.connectPeer('ann');
    const users = [userAt(broker, ''), userAt(broker, '', '192.0.2.2'), userAt(broker, 'id=ann&token=t')];
    expect(users.map((user) => typeof user)).toEqual(['string', 'string', 'string']);
    expect(new Set(users).size).toBe(3);
    expect(userAt(broker, 'id=ann&token=wrong')).toBe(users[0]);
    expect(userAt(broker, '', '2001:db8::1')).toBe(userAt(broker, '', '2001:db8::2'));
  });
});
