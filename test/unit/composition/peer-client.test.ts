import type { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { PeerClient } from '../../../src/composition/peer-client.ts';
import { embeddedPeers } from './embedded-peers.ts';

const SOCKET = { readyState: 1 } as WebSocket;

async function client(socket: WebSocket | undefined = SOCKET) {
  const { remote, peer } = (await embeddedPeers()).connectPeer('ann');
  return { remote, client: new PeerClient(peer, () => socket) };
}

describe('PeerClient', () => {
  it('has an id and a token', async () => {
    const { client: ann } = await client();
    expect([ann.id, ann.getId(), ann.getToken()]).toEqual(['ann', 'ann', 'secret-ann']);
  });

  it('has the time of the last frame', async () => {
    const { client: ann } = await client();
    expect(Math.abs(Date.now() - ann.getLastPing())).toBeLessThan(60_000);
  });

  it('sends JSON', async () => {
    const { remote, client: ann } = await client();
    ann.send({ n: 1 });
    expect(remote.received.slice(1)).toEqual(['{"n":1}']);
  });

  it('has a socket until its connection ends', async () => {
    const { remote, client: ann } = await client();
    expect(ann.getSocket()).toBe(SOCKET);
    remote.cut();
    expect(ann.getSocket()).toBeNull();
  });

  it('has no socket if the connection has no WebSocket', async () => {
    const { peer } = (await embeddedPeers()).connectPeer('ann');
    expect(new PeerClient(peer, () => undefined).getSocket()).toBeNull();
  });
});
