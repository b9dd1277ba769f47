import { beforeEach, describe, expect, it } from 'vitest';
import type { BanOutcome } from '../../../../src/application/ports/operations.ts';
import type { BanRequest } from '../../../../src/domain/bans.ts';
import { NEVER } from '../../../../src/domain/time.ts';
import { ScriptedAuthorizer } from '../../../support/scripted-authorizer.ts';
import { TestBroker } from '../../../support/test-broker.ts';

let broker: TestBroker;
let authorizer: ScriptedAuthorizer;
beforeEach(() => {
  authorizer = new ScriptedAuthorizer();
  authorizer.grant('t');
  authorizer.grant('ann-1', { subject: 'ann', tokenId: 'one' });
  authorizer.grant('ann-2', { subject: 'ann', tokenId: 'two' });
  broker = new TestBroker({ dialects: ['peerjs', 'mercure'], mercureOpen: true, mercurePath: '/hub' }, { authorizer });
});

function ban(what: BanRequest['what'], value: string, endsAt = NEVER): BanOutcome | undefined {
  let answered: BanOutcome | undefined;
  const request: BanRequest = { what, value, realm: undefined, endsAt, reason: 'spam' };
  broker.broker.operations.ban(request, { reason: 'spam', from: '127.0.0.1' }, (outcome) => (answered = outcome));
  return answered;
}

const REMOVED = JSON.stringify({ type: 'ERROR', payload: { msg: 'Removed by the operator' } });

describe('banning a client', () => {
  it('ADM4: closes its open connections, and refuses new ones with the same text and code', () => {
    const ann = broker.connectPeer('ann');
    const bob = broker.connectPeer('bob');
    expect(ban('id', 'ann')).toMatchObject({ ok: true, value: { closed: 1, ban: { id: 'id:*/ann' } } });
    const again = broker.connectPeer('ann');
    expect([ann, again].map(({ client }) => [client.received.at(-1), client.closed?.code])).toEqual([
      [REMOVED, 4004],
      [REMOVED, 4004],
    ]);
    expect(bob.client.state).toBe('open');
  });

  it('ADM4: closes every connection of a user, or of one token', () => {
    const [one, two] = [broker.connectPeer('a', { token: 'ann-1' }), broker.connectPeer('b', { token: 'ann-2' })];
    ban('jti', 'two');
    expect([one.client.state, two.closeCode]).toEqual(['open', 4004]);
    ban('sub', 'ann');
    expect([one.closeCode, broker.connectPeer('c', { token: 'ann-1' }).closeCode]).toEqual([4004, 4004]);
  });

  it('ADM4: of an address holds for HTTP requests and streams, too', () => {
    ban('address', '192.0.2.0/24');
    const get = (path: string, address: string) => broker.transport.request('GET', path, { address }).answered;
    expect(get('/peerjs/id', '192.0.2.9')).toMatchObject({ status: 403, body: 'Removed by the operator' });
    expect(get('/hub?topic=a', '192.0.2.9')?.status).toBe(403);
    expect([get('/peerjs/id', '198.51.100.1')?.status, get('/healthz', '192.0.2.9')?.status]).toEqual([200, 200]);
  });

  it('ADM4: ends, and can be lifted', () => {
    ban('id', 'ann', 1_000);
    ban('id', 'bob');
    broker.advance(1_000);
    broker.broker.operations.unban('id:*/bob', { reason: undefined, from: 'library' }, (lifted) => {
      expect(lifted).toMatchObject({ ok: true, value: { ban: { value: 'bob' }, missing: [] } });
    });
    expect(['ann', 'bob'].map((id) => broker.connectPeer(id).client.state)).toEqual(['open', 'open']);
    expect(broker.broker.operations.bans()).toEqual([]);
  });

  it('ADM4: with an unusable value is refused, and changes nothing', () => {
    expect(ban('address', 'ann')).toEqual({ ok: false, refusal: { reason: 'ban-value-unusable' } });
    expect(broker.eventNames).not.toContain('operator-acted');
  });

  it('ADM4: does not count as a failed authentication', () => {
    broker = new TestBroker({ authFailuresPerMinute: 1 }, { authorizer });
    ban('id', 'ann');
    for (let n = 0; n < 3; n++) broker.connectPeer('ann');
    expect(broker.connectPeer('bob').client.state).toBe('open');
  });

  it('ADM8: is logged', () => {
    ban('sub', 'ann');
    expect(broker.events.at(-1)).toMatchObject({ event: 'operator-acted', act: 'ban', subject: 'sub:ann', closed: 0 });
  });
});
