import { expect } from 'vitest';
import { elapsed } from '../../../support/e2e/until.ts';
import { hearsBeforeEcho } from '../../../support/e2e/visit.ts';
import type { PeerSocket } from '../../../support/e2e/peer-socket.ts';
import { differs, same, type Case } from '../case.ts';

/** L1, L3, M8 on a server that soon misses who is silent. */
export const ALIVE_MS = 1_200;
export const LIVENESS_CASES: readonly Case[] = [
  same('L1', 'who is silent for too long is closed, and its id is free', async (server) => {
    const ann = await server.enters('ann');
    await ann.closed();
    await server.entersWhenFree('other', { id: ann.id });
  }),
  differs(
    'L1',
    'who is silent for too long is closed with 4002',
    { differs: 'closes without a code, which a client sees as 1005', fails: /expected 1005 to be 4002/ },
    async (server) => {
      const ann = await server.enters('ann');
      expect((await ann.closed()).code).toBe(4002);
    },
  ),
  same('L1', 'nobody is closed before its time', async (server) => {
    const before = performance.now();
    const ann = await server.enters('ann');
    await ann.closed();
    expect(performance.now() - before).toBeGreaterThan(ALIVE_MS - 5);
  }),
  same('L1', 'who is silent on a socket that another has taken over does not lose the id to it', async (server) => {
    const ann = await server.enters('ann');
    const again = await server.comesBack(ann);
    await staysFor(2 * ALIVE_MS, again, () => again.sends({ type: 'HEARTBEAT' }));
    again.offers(ann.id, 'mine');
    const heard = await again.hears();
    expect(heard['type'] === 'OPEN' ? await again.hears() : heard).toMatchObject({ payload: 'mine' });
  }),
  same('L1', 'who was cut for its silence is gone for others', async (server) => {
    const ann = await server.enters('ann');
    await ann.closed();
    const heir = await server.entersWhenFree('heir', { id: ann.id });
    expect(await hearsBeforeEcho(heir)).toEqual([]);
  }),
  same('L3', 'who sends HEARTBEAT stays', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    await Promise.all([ann, bob].map((peer) => staysFor(2.5 * ALIVE_MS, peer, () => peer.sends({ type: 'HEARTBEAT' }))));
    ann.offers(bob.id, 'still there?');
    expect(await bob.hears()).toMatchObject({ payload: 'still there?' });
  }),
  same('L3', 'a WebSocket ping is answered', async (server) => {
    const ann = await server.enters('ann');
    await ann.pings();
  }),
  same('L3', 'a WebSocket ping alone is no sign of life', async (server) => {
    const ann = await server.enters('ann');
    const pinging = setInterval(() => ann.isOpen && ann.socket.ping(), ALIVE_MS / 6);
    await ann.closed().finally(() => clearInterval(pinging));
  }),
  ...[{ type: 'CANDIDATE', dst: '{self}' }, { type: 'UNKNOWN' }, { type: 'OFFER' }].map((frame) =>
    differs(
      'M8',
      ['every message keeps a peer alive', JSON.stringify(frame)],
      { differs: 'counts HEARTBEAT only', fails: /was closed after/ },
      async (server) => {
        const ann = await server.enters('ann');
        await staysFor(2.5 * ALIVE_MS, ann, () => ann.sendsText(JSON.stringify(frame).replace('{self}', ann.id)));
      },
    ),
  ),
];

/** L2, L4 on a server with its defaults. */
export const LEAVING_CASES: readonly Case[] = [
  same('L2', 'a socket that is closed frees its id', async (server) => {
    const ann = await server.enters('ann');
    await ann.leaves();
    await server.entersWhenFree('other', { id: ann.id });
  }),
  same('L2', 'a socket that is cut frees its id', async (server) => {
    const ann = await server.enters('ann');
    ann.cut();
    await server.entersWhenFree('other', { id: ann.id });
  }),
  same('L2', 'a TCP reset frees the id', async (server) => {
    const ann = await server.enters('ann');
    ann.resets();
    await server.entersWhenFree('other', { id: ann.id });
  }),
  same('L2', 'others are not told', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    ann.offers(bob.id, 'hello');
    await bob.hears();
    await ann.leaves();
    await server.entersWhenFree('other', { id: ann.id });
    expect(await hearsBeforeEcho(bob)).toEqual([]);
  }),
  same('L4', 'the id of one that left is for anybody', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    await ann.leaves();
    const heir = await server.entersWhenFree('heir', { id: ann.id });
    bob.offers(ann.id, 'hello');
    expect(await heir.hears()).toMatchObject({ src: bob.id });
  }),
];

async function staysFor(ms: number, peer: PeerSocket, speak: () => void): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < ms) {
    if (!peer.isOpen) throw new Error(`${peer.id} was closed after ${Math.round(performance.now() - start)} ms`);
    speak();
    await elapsed(ALIVE_MS / 8);
  }
}
