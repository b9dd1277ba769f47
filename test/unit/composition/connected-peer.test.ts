import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { embeddedPeers } from './embedded-peers.ts';

describe('ConnectedPeer', () => {
  it('has an id, realm and token, and hides the token when it is printed', async () => {
    const { peer } = (await embeddedPeers()).connectPeer('ann');
    expect([peer.id, peer.realm, peer.token, peer.isOpen]).toEqual(['ann', 'peerjs', 'secret-ann', true]);
    expect(inspect(peer, { depth: 9 }) + JSON.stringify(peer)).not.toContain('secret');
  });

  it('sends JSON, or text unchanged', async () => {
    const { remote, peer } = (await embeddedPeers()).connectPeer('ann');
    expect([peer.send({ type: 'HELLO' }), peer.sendText('{"n":1.0}')]).toEqual([true, true]);
    expect(remote.received.slice(1)).toEqual(['{"type":"HELLO"}', '{"n":1.0}']);
  });

  it('throws for a value without a JSON form', async () => {
    const { peer } = (await embeddedPeers()).connectPeer('ann');
    expect(() => peer.send(() => 1)).toThrow(new TypeError('message has no JSON form: function'));
  });

  it('closes with a code and a reason', async () => {
    const { remote, peer } = (await embeddedPeers()).connectPeer('ann');
    peer.close(4000, 'enough');
    expect(remote.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('sends nothing after its connection has ended', async () => {
    const { remote, peer } = (await embeddedPeers()).connectPeer('ann');
    remote.cut();
    peer.close();
    expect([peer.isOpen, peer.send({})]).toEqual([false, false]);
  });

  it('L1: returns the time since the last frame', async () => {
    const { peer } = (await embeddedPeers()).connectPeer('ann');
    expect(peer.silentFor()).toBeGreaterThanOrEqual(0);
    expect(peer.silentFor()).toBeLessThan(60_000);
  });
});
