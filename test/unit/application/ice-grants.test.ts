import { describe, expect, it } from 'vitest';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
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

  it.each(['required', 'optional'] as const)('I3: auth %s: are given to a client without an open peer by its token', (auth) => {
    const authorizer = new ScriptedAuthorizer();
    authorizer.grant('owned', { owner: 'j:us\0ann' });
    for (const token of ['one', 'other']) authorizer.grant(token);
    authorizer.grant('denied', { mayUseIce: false });
    const broker = new TestBroker({ ...TURN, auth }, { authorizer });
    const [owned, one, other] = ['owned', 'one', 'other'].map((token) => userAt(broker, `token=${token}`));
    const isGiven = auth === 'required' ? expect.any(String) : 401;
    expect([owned, one, other]).toEqual([expect.any(String), isGiven, isGiven]);
    expect([userAt(broker, 'token=one'), userAt(broker, ''), userAt(broker, 'token=forged')]).toEqual([one, 401, 401]);
    if (auth === 'required') expect([new Set([owned, one, other]).size, userAt(broker, 'token=denied')]).toEqual([3, 403]);
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
