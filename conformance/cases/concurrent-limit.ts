import { cases, type Case } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import type { Fixture } from '../fixture.ts';
import { afterOpen } from './reconnecting.ts';
import { FULL, refusedWith, TAKEN } from './refusals.ts';

/** Each finds the server empty, fills it, and leaves it so. */
const FILLS_SERVER = { setup: 'few peers', pace: 'alone' } as const satisfies Partial<Case>;

/** O6: a server with as many peers as it takes. */
export const CONCURRENT_LIMIT_CASES = cases([
  {
    ...FILLS_SERVER,
    id: 'O6.full',
    title: 'as many peers enter as may, and one more',
    severity: 'required',
    expected: 'the last hears an ERROR that says so, and is closed',
    async run(scene) {
      await fillServer(scene);
      const late = await scene.openSocket('late');
      const first = await late.receive();
      await late.waitForClose();
      return refusedWith(first, FULL);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.room-again',
    title: 'as many peers enter as may; one leaves, and another comes',
    severity: 'required',
    expected: 'it is let in',
    async run(scene) {
      const [ann] = await fillServer(scene);
      await ann?.close();
      await scene.connectWhenFree('bob');
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.code',
    title: 'as many peers enter as may, and one more',
    severity: 'recommended',
    expected: 'the last is closed with 1013',
    reference: { behaviour: 'closes without a code, which a client sees as 1005', evidence: /expected 1013, got 1005/ },
    async run(scene) {
      await fillServer(scene);
      assertEqual('the code', (await (await scene.openSocket('late')).waitForClose()).code, 1013);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.refused-take-no-room',
    title: 'more sockets are refused than there may be peers, for their key and for a taken id; then as many peers enter as may',
    severity: 'required',
    expected: 'each is let in',
    async run(scene) {
      const ann = await scene.connectWhenFree('ann');
      for (let n = 0; n < scene.setting('concurrent_limit'); n++) {
        await (await scene.openSocket('stranger', { key: 'nobody' })).waitForClose();
        await (await scene.openSocket('thief', { id: ann.id })).waitForClose();
      }
      for (let n = 1; n < scene.setting('concurrent_limit'); n++) await scene.connectWhenFree(`peer-${n}`);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.reconnect',
    title: 'as many peers enter as may; one opens a second socket with its token',
    severity: 'required',
    expected: 'it is let in, and can write',
    async run(scene) {
      const [ann, bob = ann] = await fillServer(scene);
      if (ann === undefined || bob === undefined) return;
      const again = await scene.reconnect(ann);
      bob.sendOffer(ann.id, 'still here');
      assertMembers('what the new socket hears', await afterOpen(again), { src: bob.id, payload: 'still here' });
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.taken',
    title: 'as many peers enter as may; a socket asks for the id of one, with another token',
    severity: 'recommended',
    expected: 'ID-TAKEN, full or not',
    async run(scene) {
      const [ann] = await fillServer(scene);
      assertMembers('the first frame', await (await scene.openSocket('thief', { id: ann?.id })).receive(), { type: TAKEN.type });
    },
  },
]);

async function fillServer(scene: Fixture): Promise<PeerClient[]> {
  const peers: PeerClient[] = [];
  while (peers.length < scene.setting('concurrent_limit')) peers.push(await scene.connectWhenFree(`peer-${peers.length}`));
  return peers;
}
