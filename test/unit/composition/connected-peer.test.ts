import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { peersAtHand } from './peers-at-hand.ts';

describe('a peer, as an embedding program sees it', () => {
  it('says who it is, and keeps its secret out of every print', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect([peer.id, peer.realm, peer.token, peer.isOpen]).toEqual(['ann', 'peerjs', 'secret-ann', true]);
    expect(inspect(peer, { depth: 9 }) + JSON.stringify(peer)).not.toContain('secret');
  });

  it('is sent JSON, or text as it is', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    expect([peer.send({ type: 'HELLO' }), peer.sendText('{"n":1.0}')]).toEqual([true, true]);
    expect(far.received.slice(1)).toEqual(['{"type":"HELLO"}', '{"n":1.0}']);
  });

  it('refuses what has no JSON form', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect(() => peer.send(() => 1)).toThrow(new TypeError('message has no JSON form: function'));
  });

  it('is closed with a code and a reason', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    peer.close(4000, 'enough');
    expect(far.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('is told nothing when it is gone', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    far.cut();
    peer.close();
    expect([peer.isOpen, peer.send({})]).toEqual([false, false]);
  });

  it('L1: tells how long it has been silent', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect(peer.silentFor()).toBeGreaterThanOrEqual(0);
    expect(peer.silentFor()).toBeLessThan(60_000);
  });
});
