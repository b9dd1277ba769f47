import { describe, expect, it } from 'vitest';
import { OPEN_GRANT } from '../../../../src/domain/grant.ts';
import { originsFromList } from '../../../../src/composition/origins.ts';
import { ScriptedAuthorizer } from '../../../support/scripted-authorizer.ts';
import { TestBroker } from '../../../support/test-broker.ts';

const ALLOWED = { allowed: true };
const denied = (message: string, type = 'ERROR', code = 1008): object => ({ allowed: false, type, message, code });

interface Attempt {
  readonly id?: string;
  readonly token?: string;
  readonly key?: string;
}

function respond(broker: TestBroker, { key = 'peerjs', ...query }: Attempt, headers: Record<string, string> = {}) {
  const target = `/${key}/check?${new URLSearchParams(query).toString()}`;
  return broker.transport.http('GET', target, { headers });
}

function check(broker: TestBroker, attempt: Attempt, headers: Record<string, string> = {}): unknown {
  return JSON.parse(respond(broker, attempt, headers).body);
}

const ANN = { id: 'ann', token: 't' };

describe('H18: the check of credentials', () => {
  it('O1, O2, O7: reports what is wrong with the key, the id or the token', () => {
    const broker = new TestBroker();
    expect(check(broker, ANN)).toEqual(ALLOWED);
    expect(check(broker, { ...ANN, key: 'guess' })).toEqual(denied('Invalid key provided'));
    for (const query of [{}, { id: 'ann' }, { token: 't' }, { id: '', token: 't' }]) {
      expect(check(broker, query)).toEqual(denied('No id, token, or key supplied to websocket server'));
    }
    expect(check(broker, { ...ANN, id: 'x'.repeat(129) })).toEqual(denied('Invalid id'));
  });

  it('O4: an id is taken for any token but that of its owner, and is not claimed', () => {
    const broker = new TestBroker();
    for (const token of ['t', 'other']) expect(check(broker, { id: 'ann', token })).toEqual(ALLOWED);
    broker.connectPeer('ann');
    expect(check(broker, ANN)).toEqual(ALLOWED);
    const other = { id: 'ann', token: 'other' };
    expect(check(broker, other)).toEqual(denied('ID is taken', 'ID-TAKEN'));
    expect(check(broker, other, { authorization: 'Bearer t' })).toEqual(ALLOWED);
  });

  it('O6: a full realm is open to its peers only', () => {
    const broker = new TestBroker({ concurrentLimit: 1 });
    broker.connectPeer('ann');
    expect(check(broker, ANN)).toEqual(ALLOWED);
    const full = denied('Server has reached its concurrent user limit', 'ERROR', 1013);
    expect(check(broker, { id: 'bob', token: 't' })).toEqual(full);
  });

  it('R2, R3: reports the limit of realms, and no realm begins to be in use', () => {
    const broker = new TestBroker({ keys: ['team-*'], maxRealms: 1 });
    for (const key of ['team-1', 'team-2']) expect(check(broker, { ...ANN, key })).toEqual(ALLOWED);
    broker.connectPeer('ann', { key: 'team-1' });
    const message = 'Server has reached its limit of keys in use';
    expect(check(broker, { ...ANN, key: 'team-2' })).toEqual(denied(message, 'ERROR', 1013));
  });

  it('H9: counts as a request of its address, and is not cached or logged', () => {
    const broker = new TestBroker({ httpRateLimit: 1 });
    const answers = [0, 1].map(() => respond(broker, { id: 'ann', token: 'secret' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    expect(answers[0]?.headers).toContainEqual(['cache-control', 'no-store']);
    expect(JSON.stringify(broker.events)).not.toContain('secret');
  });

  it('O10: a handshake that would be refused has the same status and text', () => {
    const origins = originsFromList(['https://a.test']);
    const broker = new TestBroker({ maxConnections: 1 }, { origins });
    const evil = { origin: 'https://evil.test', host: 'evil.test' };
    expect(respond(broker, ANN, evil)).toMatchObject({ status: 403, body: 'Origin not allowed' });
    broker.connectPeer('ann');
    expect(respond(broker, ANN)).toMatchObject({ status: 503, body: 'Too many connections' });
  });
});

describe('H18: the check of credentials, with authentication', () => {
  function start(config = {}): { broker: TestBroker; authorizer: ScriptedAuthorizer } {
    const authorizer = new ScriptedAuthorizer();
    authorizer.grant('ann-1', { owner: 'j:ann', ids: ['ann'] });
    authorizer.grant('ann-2', { owner: 'j:ann', ids: ['ann'] });
    authorizer.grant('eve', { owner: 'j:eve' });
    authorizer.grant('guest', { ...OPEN_GRANT, reservedIds: ['staff-*'] });
    authorizer.grant('other', { realms: ['other'] });
    authorizer.refuse('late', { reason: 'token-expired' });
    authorizer.refuse('away', { reason: 'authorizer-unreachable' });
    return { broker: new TestBroker(config, { authorizer }), authorizer };
  }

  it('A2, A4: asks the authorizer, and compares the owner', () => {
    const { broker, authorizer } = start();
    const headers = { authorization: 'Bearer ann-1', cookie: 'a=b' };
    expect(check(broker, { id: 'ann' }, headers)).toEqual(ALLOWED);
    const request = { dialect: 'peerjs', realm: 'peerjs', id: 'ann', token: 'ann-1' };
    expect(authorizer.requests.at(-1)).toMatchObject({ ...request, headers: { cookie: 'a=b' } });
    broker.connectPeer('ann', { token: 'ann-1' });
    expect(check(broker, { id: 'ann', token: 'ann-2' })).toEqual(ALLOWED);
    expect(check(broker, { id: 'ann', token: 'eve' })).toEqual(denied('ID is taken', 'ID-TAKEN'));
  });

  it('A6: gives the message and the code of the socket, byte for byte the same for ids that are taken and reserved', () => {
    const { broker } = start();
    broker.connectPeer('staff-1', { token: 'eve' });
    const attempts = ['guest', 'other', 'late', 'away', 'wrong', 'ann-1', 'eve'].flatMap((token) =>
      ['staff-1', 'staff-2', 'ann'].map((id) => ({ id, token })),
    );
    for (const attempt of attempts) {
      const found = check(broker, attempt);
      const { client } = broker.connectPeer(attempt.id, attempt);
      const { type, payload } = JSON.parse(client.received.at(-1) ?? '') as { type: string; payload?: { msg: string } };
      const expected = type === 'OPEN' ? ALLOWED : denied(payload?.msg ?? '', type, client.closed?.code);
      expect(found, JSON.stringify(attempt)).toEqual(expected);
      if (attempt.id !== 'staff-1') client.cut();
      broker.transport.settle();
    }
    const taken = respond(broker, { id: 'staff-1', token: 'guest' });
    expect(respond(broker, { id: 'staff-2', token: 'guest' })).toEqual(taken);
  });

  it('A8: counts guessed tokens, and is refused like a handshake after too many', () => {
    const { broker, authorizer } = start({ authFailuresPerMinute: 2 });
    for (const token of ['a', 'b']) expect(check(broker, { id: 'ann', token })).toEqual(denied('Invalid token'));
    const asked = authorizer.requests.length;
    const refusal = respond(broker, { id: 'ann', token: 'ann-1' });
    expect([refusal.status, authorizer.requests.length]).toEqual([429, asked]);
  });
});
