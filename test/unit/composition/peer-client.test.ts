import { describe, expect, it } from 'vitest';
import { PeerClient } from '../../../src/composition/peer-client.ts';
import { peersAtHand } from './peers-at-hand.ts';

async function client() {
  const { far, peer } = (await peersAtHand()).come('ann');
  return { far, client: new PeerClient(peer) };
}

describe('a peer by the names of `peer`', () => {
  it('says who it is', async () => {
    const { client: ann } = await client();
    expect([ann.getId(), ann.getToken()]).toEqual(['ann', 'secret-ann']);
  });

  it('was last heard a moment ago', async () => {
    const { client: ann } = await client();
    expect(Math.abs(Date.now() - ann.getLastPing())).toBeLessThan(60_000);
  });

  it('is sent JSON, and text through its socket', async () => {
    const { far, client: ann } = await client();
    ann.send({ n: 1 });
    ann.getSocket()?.send('{"n":2}');
    expect(far.received.slice(1)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('has a socket that closes it', async () => {
    const { far, client: ann } = await client();
    ann.getSocket()?.close(4000, 'enough');
    expect(far.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('has no socket when it is gone', async () => {
    const { far, client: ann } = await client();
    far.cut();
    expect(ann.getSocket()).toBeNull();
  });
});
