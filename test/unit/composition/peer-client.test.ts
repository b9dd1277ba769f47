import { describe, expect, it } from 'vitest';
import { PeerClient } from '../../../src/composition/peer-client.ts';
import { embeddedPeers } from './embedded-peers.ts';

async function client() {
  const { remote, peer } = (await embeddedPeers()).connectPeer('ann');
  return { remote, client: new PeerClient(peer) };
}

describe('PeerClient', () => {
  it('has an id and a token', async () => {
    const { client: ann } = await client();
    expect([ann.getId(), ann.getToken()]).toEqual(['ann', 'secret-ann']);
  });

  it('has the time of the last frame', async () => {
    const { client: ann } = await client();
    expect(Math.abs(Date.now() - ann.getLastPing())).toBeLessThan(60_000);
  });

  it('sends JSON, and text by its socket', async () => {
    const { remote, client: ann } = await client();
    ann.send({ n: 1 });
    ann.getSocket()?.send('{"n":2}');
    expect(remote.received.slice(1)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('closes by its socket', async () => {
    const { remote, client: ann } = await client();
    ann.getSocket()?.close(4000, 'enough');
    expect(remote.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('has no socket after its connection has ended', async () => {
    const { remote, client: ann } = await client();
    remote.cut();
    expect(ann.getSocket()).toBeNull();
  });
});
