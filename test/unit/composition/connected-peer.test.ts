import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { peersAtHand } from './peers-at-hand.ts';

describe('ConnectedPeer', () => {
  it('has an id, realm and token, and hides the token when it is printed', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect([peer.id, peer.realm, peer.token, peer.isOpen]).toEqual(['ann', 'peerjs', 'secret-ann', true]);
    expect(inspect(peer, { depth: 9 }) + JSON.stringify(peer)).not.toContain('secret');
  });

  it('sends JSON, or text unchanged', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    expect([peer.send({ type: 'HELLO' }), peer.sendText('{"n":1.0}')]).toEqual([true, true]);
    expect(far.received.slice(1)).toEqual(['{"type":"HELLO"}', '{"n":1.0}']);
  });

  it('throws for a value without a JSON form', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect(() => peer.send(() => 1)).toThrow(new TypeError('message has no JSON form: function'));
  });

  it('closes with a code and a reason', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    peer.close(4000, 'enough');
    expect(far.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('sends nothing after its connection has ended', async () => {
    const { far, peer } = (await peersAtHand()).come('ann');
    far.cut();
    peer.close();
    expect([peer.isOpen, peer.send({})]).toEqual([false, false]);
  });

  it('L1: returns the time since the last frame', async () => {
    const { peer } = (await peersAtHand()).come('ann');
    expect(peer.silentFor()).toBeGreaterThanOrEqual(0);
    expect(peer.silentFor()).toBeLessThan(60_000);
  });
});
