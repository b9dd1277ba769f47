import { describe, expect, it } from 'vitest';
import type { ActOutcome, PeerTarget } from '../../../../src/application/ports/operations.ts';
import { ScriptedAuthorizer } from '../../../support/scripted-authorizer.ts';
import { pair, TestBroker } from '../../../support/test-broker.ts';

function expel({ broker }: TestBroker, target: PeerTarget): ActOutcome | undefined {
  let answered: ActOutcome | undefined;
  broker.operations.expel(target, { reason: 'spam', from: '127.0.0.1' }, (outcome) => (answered = outcome));
  return answered;
}

describe('expelling a peer', () => {
  it('ADM3: closes it with 4004 after a message, and no other', () => {
    const { broker, ann, bob } = pair();
    expect(expel(broker, { realm: 'peerjs', id: 'ann' })).toEqual({ closed: 1, missing: [] });
    expect([ann.closeCode, ann.received, bob.closeCode]).toEqual([
      4004,
      [{ type: 'ERROR', payload: { msg: 'Removed by the operator' } }],
      undefined,
    ]);
  });

  it('ADM3: frees the id', () => {
    const { broker } = pair();
    expel(broker, { realm: 'peerjs', id: 'ann' });
    expect(broker.connectPeer('ann', { token: 'other' }).client.state).toBe('open');
  });

  it('ADM3: closes a guest, too', () => {
    const broker = new TestBroker({ dialects: ['relay'], relayPath: '/relay' });
    const guest = broker.transport.connect({ path: '/relay', query: '' });
    expect([expel(broker, { realm: 'peerjs', id: 'fresh' })?.closed, guest.closed?.code]).toEqual([1, 4004]);
  });

  it('ADM3: refuses a peer that is still connecting', () => {
    const authorizer = new ScriptedAuthorizer();
    const broker = new TestBroker({ dialects: ['relay'], relayPath: '/relay' }, { authorizer });
    authorizer.grant('t');
    authorizer.isSlow = true;
    const guest = broker.transport.connect({ path: '/relay', query: 'token=t' });
    expect([expel(broker, { realm: 'peerjs', id: 'fresh' })?.closed, guest.closed?.code]).toEqual([1, 4004]);
  });

  it('ADM3: works during a drain, and a peer that the drain closes already is absent', async () => {
    const broker = new TestBroker({ drainSpread: 1_000 });
    const peers = Array.from({ length: 40 }, (_, n) => broker.connectPeer(`peer ${n}`));
    const closing = broker.broker.close();
    expect(expel(broker, { realm: 'peerjs', id: 'peer 39' })).toEqual({ closed: 1, missing: [] });
    expect(expel(broker, { realm: 'peerjs', id: 'peer 0' })).toEqual({ closed: 0, missing: [] });
    broker.advance(1_000);
    await Promise.resolve();
    broker.advance(0);
    await closing;
    expect(peers.map(({ closeCode }) => closeCode)).toEqual([...Array.from({ length: 39 }, () => 1012), 4004]);
    expect(broker.eventNames).not.toContain('fault');
  });

  it('ADM3: of a peer whose socket is full has effect at once, before and during a drain', () => {
    for (const isDraining of [false, true]) {
      const { broker, ann } = pair({ drainSpread: 60_000, drainTimeout: 60_000 });
      ann.client.stopReading();
      if (isDraining) void broker.broker.close();
      const id = isDraining ? 'bob' : 'ann';
      expect(expel(broker, { realm: 'peerjs', id })?.closed).toBe(1);
      expect(expel(broker, { realm: 'peerjs', id })?.closed).toBe(0);
    }
  });

  it('ADM8: is logged with the reason, also without such a peer', () => {
    const { broker } = pair();
    for (const id of ['ann', 'eve']) expel(broker, { realm: 'peerjs', id });
    const act = { event: 'operator-acted', act: 'expel', reason: 'spam', from: '127.0.0.1' };
    expect(broker.events.filter(({ event }) => event === 'operator-acted')).toEqual([
      { ...act, subject: 'peerjs/ann', closed: 1 },
      { ...act, subject: 'peerjs/eve', closed: 0 },
    ]);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'removed' }));
  });
});
