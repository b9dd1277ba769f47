import { cases, type Case } from '../case.ts';
import { equals, has } from '../claims.ts';
import type { FarPeer } from '../far-end/far-peer.ts';
import type { Scene } from '../scene.ts';
import { afterOpen } from './reconnecting.ts';
import { FULL, refusedWith, TAKEN } from './refusals.ts';

/** Each finds the server empty, fills it, and leaves it so. */
const CROWDED = { needs: 'few peers', pace: 'alone' } as const satisfies Partial<Case>;

/** O6: a server with as many peers as it takes. */
export const CROWD_CASES = cases([
  {
    ...CROWDED,
    id: 'O6.full',
    title: 'as many peers enter as may, and one more',
    severity: 'required',
    expected: 'the last hears an ERROR that says so, and is closed',
    async run(scene) {
      await fills(scene);
      const late = await scene.opens('late');
      const first = await late.hears();
      await late.closed();
      return refusedWith(first, FULL);
    },
  },
  {
    ...CROWDED,
    id: 'O6.room-again',
    title: 'as many peers enter as may; one leaves, and another comes',
    severity: 'required',
    expected: 'it is let in',
    async run(scene) {
      const [ann] = await fills(scene);
      await ann?.leaves();
      await scene.entersWhenFree('bob');
    },
  },
  {
    ...CROWDED,
    id: 'O6.code',
    title: 'as many peers enter as may, and one more',
    severity: 'recommended',
    expected: 'the last is closed with 1013',
    reference: { does: 'closes without a code, which a client sees as 1005', shows: /expected 1013, got 1005/ },
    async run(scene) {
      await fills(scene);
      equals('the code', (await (await scene.opens('late')).closed()).code, 1013);
    },
  },
  {
    ...CROWDED,
    id: 'O6.refused-take-no-room',
    title: 'more sockets are refused than there may be peers, for their key and for a taken id; then as many peers enter as may',
    severity: 'required',
    expected: 'each is let in',
    async run(scene) {
      const ann = await scene.entersWhenFree('ann');
      for (let n = 0; n < scene.setting('concurrent_limit'); n++) {
        await (await scene.opens('stranger', { key: 'nobody' })).closed();
        await (await scene.opens('thief', { id: ann.id })).closed();
      }
      for (let n = 1; n < scene.setting('concurrent_limit'); n++) await scene.entersWhenFree(`peer-${n}`);
    },
  },
  {
    ...CROWDED,
    id: 'O6.reconnect',
    title: 'as many peers enter as may; one opens a second socket with its token',
    severity: 'required',
    expected: 'it is let in, and can write',
    async run(scene) {
      const [ann, bob = ann] = await fills(scene);
      if (ann === undefined || bob === undefined) return;
      const again = await scene.comesBack(ann);
      bob.offers(ann.id, 'still here');
      has('what the new socket hears', await afterOpen(again), { src: bob.id, payload: 'still here' });
    },
  },
  {
    ...CROWDED,
    id: 'O6.taken',
    title: 'as many peers enter as may; a socket asks for the id of one, with another token',
    severity: 'recommended',
    expected: 'ID-TAKEN, full or not',
    async run(scene) {
      const [ann] = await fills(scene);
      has('the first frame', await (await scene.opens('thief', { id: ann?.id })).hears(), { type: TAKEN.type });
    },
  },
]);

async function fills(scene: Scene): Promise<FarPeer[]> {
  const peers: FarPeer[] = [];
  while (peers.length < scene.setting('concurrent_limit')) peers.push(await scene.entersWhenFree(`peer-${peers.length}`));
  return peers;
}
