import { describe, expect, it } from 'vitest';
import { PeerClient } from '../../../src/composition/peer-client.ts';
import { peersAtHand } from './peers-at-hand.ts';

async function client() {
  const { far, peer } = (await peersAtHand()).come('ann');
  return { far, client: new PeerClient(peer) };
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
    const { far, client: ann } = await client();
    ann.send({ n: 1 });
    ann.getSocket()?.send('{"n":2}');
    expect(far.received.slice(1)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('closes by its socket', async () => {
    const { far, client: ann } = await client();
    ann.getSocket()?.close(4000, 'enough');
    expect(far.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('has no socket after its connection has ended', async () => {
    const { far, client: ann } = await client();
    far.cut();
    expect(ann.getSocket()).toBeNull();
  });
});
