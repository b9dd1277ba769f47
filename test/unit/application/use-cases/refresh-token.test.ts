import { beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../../src/composition/configuration/config.ts';
import type { Grant } from '../../../../src/domain/grant.ts';
import { ScriptedAuthorizer } from '../../../support/scripted-authorizer.ts';
import { TestBroker, TestPeer } from '../../../support/test-broker.ts';

const ANN = 'j:issuer\0ann';
const MINUTE = 60_000;

let authorizer: ScriptedAuthorizer;
let broker: TestBroker;

function start(config: Partial<Config> = {}): void {
  authorizer = new ScriptedAuthorizer();
  broker = new TestBroker({ aliveTimeout: 3_600_000, ...config }, { authorizer });
}
beforeEach(() => start());

/** A client of PeerJS 1.x with a token of the owner. */
function connect(grant: Partial<Grant> = {}, version = '1.5.5', headers: Record<string, string> = {}): TestPeer {
  authorizer.grant('first', { owner: ANN, lifetime: 10 * MINUTE, ...grant });
  const query = new URLSearchParams({ key: 'peerjs', id: 'ann', token: 'first', version }).toString();
  return new TestPeer(broker.transport.connect({ path: '/peerjs', query, address: '192.0.2.1', headers }), 'ann');
}

function refresh(peer: TestPeer, token: unknown): unknown {
  peer.send({ type: 'TOKEN', payload: { token } });
  return peer.received.at(-1);
}

const accepted = (seconds: number): object => ({ type: 'TOKEN-ACCEPTED', payload: { in: seconds } });
const refusal = (msg: string): object => ({ type: 'TOKEN-REFUSED', payload: { msg } });
const expiring = (seconds: number): object => ({ type: 'TOKEN-EXPIRING', payload: { in: seconds } });

describe('A7: the notice of the expiry', () => {
  it('arrives once, one minute before, or after half of a shorter lifetime', () => {
    const ann = connect();
    broker.advance(9 * MINUTE - 1);
    expect(ann.received).toEqual([]);
    broker.advance(1);
    expect(ann.received).toEqual([expiring(60)]);
    authorizer.grant('short', { owner: ANN, lifetime: 20_000 });
    expect(refresh(ann, 'short')).toEqual(accepted(20));
    broker.advance(19_000);
    expect(ann.received.slice(2)).toEqual([expiring(10)]);
    broker.advance(2_000);
    expect(ann.closeCode).toBe(4003);
  });

  it('arrives in realms by pattern', () => {
    start({ keys: ['team-*'] });
    authorizer.grant('t', { lifetime: 10 * MINUTE });
    const query = 'key=team-1&id=ann&token=t&version=1.5.5';
    const ann = new TestPeer(broker.transport.connect({ path: '/peerjs', query }), 'ann');
    broker.advance(9 * MINUTE);
    expect(ann.received).toEqual([expiring(60)]);
  });

  it('is for clients of PeerJS 1.x, whose token expires', () => {
    const old = connect({}, '0.3.14');
    broker.advance(9.5 * MINUTE);
    expect(old.received).toEqual([]);
    broker.advance(MINUTE);
    const unlimited = connect({ lifetime: Number.POSITIVE_INFINITY });
    broker.advance(30 * MINUTE);
    expect([old.closeCode, unlimited.received]).toEqual([4003, []]);
  });
});

describe('A7: a fresh token', () => {
  it('is described to the authorizer like that of a client that connects', () => {
    const ann = connect();
    authorizer.grant('second', { owner: ANN });
    expect(refresh(ann, 'second')).toEqual({ type: 'TOKEN-ACCEPTED', payload: {} });
    expect(authorizer.requests.at(-1)).toEqual({
      ...{ dialect: 'peerjs', realm: 'peerjs', id: 'ann', token: 'second', address: '192.0.2.1' },
      ...{ origin: undefined, headers: {} },
    });
  });

  it('is described with the origin and the headers of the handshake, without the header that has the earlier token', () => {
    const origin = 'https://app.example.org';
    const ann = connect({}, '1.5.5', { origin, cookie: 'session=7', authorization: 'Bearer first' });
    authorizer.grant('second', { owner: ANN });
    expect(refresh(ann, 'second')).toEqual({ type: 'TOKEN-ACCEPTED', payload: {} });
    expect(authorizer.requests.at(-1)).toMatchObject({ token: 'second', origin, headers: { cookie: 'session=7' } });
    expect(authorizer.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('B1: the headers that are kept for it count as memory of the connection', () => {
    start({ memoryPerAddress: 4_096 });
    const ann = connect({}, '1.5.5', { cookie: 'c'.repeat(5_000) });
    broker.advance(1);
    expect(ann.closeCode).toBe(1008);
  });

  it('replaces the expiry, also an earlier one', () => {
    const ann = connect();
    authorizer.grant('long', { owner: ANN, lifetime: 30 * MINUTE });
    authorizer.grant('short', { owner: ANN, lifetime: 2 * MINUTE });
    broker.advance(9 * MINUTE);
    expect(refresh(ann, 'long')).toEqual(accepted(1_800));
    broker.advance(28 * MINUTE);
    expect(ann.client.state).toBe('open');
    expect(refresh(ann, 'short')).toEqual(accepted(120));
    broker.advance(2 * MINUTE + 2_000);
    expect([ann.received.at(-1), ann.closeCode]).toEqual([{ type: 'ERROR', payload: { msg: 'Token expired' } }, 4003]);
  });

  it('of the same owner keeps the id for that owner, on this connection and the next', () => {
    const ann = connect();
    authorizer.grant('second', { owner: ANN });
    authorizer.grant('other', { owner: 'j:issuer\0eve' });
    refresh(ann, 'second');
    expect(broker.connectPeer('ann', { token: 'other' }).closeCode).toBe(1008);
    expect(broker.connectPeer('ann', { token: 'first' }).client.state).toBe('open');
    expect(ann.closeCode).toBe(4001);
  });

  it('of another owner, of no owner, or for another id or key is refused; the connection stays until its own expiry', () => {
    const ann = connect();
    authorizer.grant('other', { owner: 'j:issuer\0eve', lifetime: 90 * MINUTE });
    authorizer.grant('none', { lifetime: 90 * MINUTE });
    authorizer.grant('id', { owner: ANN, ids: ['bob'] });
    authorizer.grant('key', { owner: ANN, realms: ['red'] });
    authorizer.grant('reserved', { owner: ANN, reservedIds: ['ann'] });
    authorizer.refuse('wrong', { reason: 'token-invalid', detail: 'signature' });
    authorizer.refuse('away', { reason: 'authorizer-unreachable' });
    expect(refresh(ann, 'other')).toEqual(refusal('This token is for another user'));
    expect(refresh(ann, 'none')).toEqual(refusal('This token is for another user'));
    expect(refresh(ann, 'id')).toEqual(refusal('This token is not for the id ann'));
    expect(refresh(ann, 'key')).toEqual(refusal('This token is not for this key'));
    expect(refresh(ann, 'reserved')).toEqual(refusal('ID is taken'));
    expect(refresh(ann, 'wrong')).toEqual(refusal('Invalid token'));
    expect(refresh(ann, 'away')).toEqual(refusal('Authorisation is out of reach, try again later'));
    for (const token of [undefined, null, '', 7]) expect(refresh(ann, token)).toEqual(refusal('Authentication required'));
    broker.advance(10 * MINUTE - 1);
    expect(ann.client.state).toBe('open');
    broker.advance(2_000);
    expect(ann.closeCode).toBe(4003);
  });

  it('is the same token without an owner, if its backend extends the grant', () => {
    const ann = connect({ owner: undefined });
    authorizer.grant('first', { lifetime: 30 * MINUTE });
    expect(refresh(ann, 'first')).toEqual(accepted(1_800));
  });

  it('M19: has another rate limit from then on', () => {
    start({ messagesPerSecond: 10, messageBurst: 5, onFlood: 'close' });
    const ann = connect();
    authorizer.grant('slow', { owner: ANN, messagesPerSecond: 1 });
    authorizer.grant('fast', { owner: ANN });
    const burst = (messages: number): void => {
      broker.advance(2_000);
      for (let i = 0; i < messages; i++) ann.send({ type: 'HEARTBEAT' });
    };
    refresh(ann, 'slow');
    refresh(ann, 'fast');
    burst(4);
    refresh(ann, 'slow');
    broker.advance(10_000);
    burst(5);
    expect(ann.client.state).toBe('open');
    burst(3);
    expect(ann.closeCode).toBe(1008);
  });

  it('A3: has other rights from then on', () => {
    const ann = connect({ mayUseIce: true });
    authorizer.grant('second', { owner: ANN, mayUseIce: false });
    refresh(ann, 'second');
    expect(broker.events.findLast(({ event }) => event === 'peer-opened')).toMatchObject({
      session: { grant: { mayUseIce: false } },
    });
  });

  it('is logged without the token if it is refused', () => {
    authorizer.refuse('secret', { reason: 'token-invalid', detail: 'signature' });
    refresh(connect(), 'secret');
    expect(broker.events.at(-1)).toMatchObject({ event: 'token-refused', refusal: { detail: 'signature' } });
    expect(JSON.stringify(broker.events)).not.toContain('secret');
  });
});

describe('A7: without authentication', () => {
  it('M9: TOKEN is a message of an unknown type, and no notice is sent', () => {
    const open = new TestBroker();
    const ann = open.connectPeer('ann');
    ann.send({ type: 'TOKEN', payload: { token: 't' } });
    expect([ann.received, ann.client.state]).toEqual([[], 'open']);
    expect(open.counts()['ignored:not-relayed']).toBe(1);
  });
});

describe('A7: a slow authorizer', () => {
  it('verifies one token of a connection at a time; other messages do not wait, and keep their order', () => {
    authorizer.grant('bob');
    const [ann, bob] = [connect(), broker.connectPeer('bob', { token: 'bob' })];
    authorizer.isSlow = true;
    authorizer.grant('second', { owner: ANN, lifetime: 20 * MINUTE });
    for (const payload of ['one', 'two']) {
      ann.send({ type: 'TOKEN', payload: { token: 'second' } });
      ann.sendOffer('bob', payload);
    }
    expect(bob.received).toMatchObject([{ payload: 'one' }, { payload: 'two' }]);
    expect(ann.received).toEqual([refusal('Another token is being verified')]);
    expect(authorizer.requests.filter(({ token }) => token === 'second')).toHaveLength(1);
    authorizer.answerAll();
    expect(ann.received.at(-1)).toEqual(accepted(1_200));
    ann.send({ type: 'TOKEN', payload: { token: 'second' } });
    authorizer.answerAll();
    expect(ann.received.at(-1)).toEqual(accepted(1_200));
  });

  it('may answer after the connection has expired or ended', () => {
    const ann = connect();
    authorizer.isSlow = true;
    authorizer.grant('second', { owner: ANN });
    refresh(ann, 'second');
    broker.advance(11 * MINUTE);
    authorizer.answerAll();
    expect([ann.received.at(-1), ann.closeCode]).toEqual([{ type: 'ERROR', payload: { msg: 'Token expired' } }, 4003]);
    expect(broker.connectPeer('ann', { token: 'x' }).client.state).toBe('open');
    authorizer.answerAll();
  });
});

describe('A7, A8: guessed tokens', () => {
  it('count for the address; then no token is verified until the minute has passed', () => {
    start({ authFailuresPerMinute: 2, messagesPerSecond: 100 });
    const ann = connect();
    authorizer.grant('second', { owner: ANN });
    for (const guess of ['a', 'b']) expect(refresh(ann, guess)).toEqual(refusal('Invalid token'));
    const asked = authorizer.requests.length;
    expect(refresh(ann, 'second')).toEqual(refusal('Too many failed authentications from this address'));
    expect(authorizer.requests).toHaveLength(asked);
    broker.advance(MINUTE);
    expect(refresh(ann, 'second')).toMatchObject({ type: 'TOKEN-ACCEPTED' });
  });

  it('M19: each costs a token of the rate limit', () => {
    start({ messagesPerSecond: 1, messageBurst: 5, onFlood: 'close' });
    const ann = connect();
    for (let i = 0; i < 6; i++) ann.send({ type: 'TOKEN', payload: { token: 'first' } });
    expect(ann.closeCode).toBe(1008);
  });
});
