import { cases } from '../case.ts';
import { equals, has, holds } from '../claims.ts';
import type { FarPeer, Frame } from '../far-end/far-peer.ts';
import { TAKEN } from './refusals.ts';

/** O5: the same id with the same token. */
export const RECONNECTING_CASES = cases([
  {
    id: 'O5.open',
    title: 'Ann opens a second socket with her id and token',
    severity: 'required',
    expected: 'it hears OPEN, or the open event of the client never fires',
    reference: { does: 'sends no OPEN', shows: /waited \d+ ms for a frame/ },
    async run(scene) {
      const ann = await scene.enters('ann');
      equals('the first frame', await (await scene.comesBack(ann)).hears(), { type: 'OPEN' });
    },
  },
  {
    id: 'O5.closes-old',
    title: 'Ann opens a second socket with her id and token',
    severity: 'recommended',
    expected: 'the first is closed with 4001',
    reference: { does: 'leaves the old socket open', shows: /waited \d+ ms for the socket/ },
    async run(scene) {
      const ann = await scene.enters('ann');
      await scene.comesBack(ann);
      equals('the code', (await ann.closed()).code, 4001);
    },
  },
  {
    id: 'O5.new-hears',
    title: 'Ann opens a second socket, and Bob writes to her',
    severity: 'required',
    expected: 'the second hears him, and the first does not',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const again = await scene.comesBack(ann);
      await again.pings();
      bob.offers(ann.id, 'to the new one');
      has('what the new socket hears', await afterOpen(again), { src: bob.id, payload: 'to the new one' });
      equals('what the old socket hears', ann.unheard, []);
    },
  },
  {
    id: 'O5.new-speaks',
    title: 'Ann opens a second socket, and writes to Bob on it',
    severity: 'required',
    expected: 'Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const again = await scene.comesBack(ann);
      again.offers(bob.id, 'here');
      has('what Bob hears', await bob.hears(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.old-is-mute',
    title: 'Ann opens a second socket, and writes to Bob on the first, then on the second',
    severity: 'hardening',
    expected: 'Bob hears the second only',
    reference: { does: 'still takes the old socket for the peer', shows: /from the past/ },
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const again = await scene.comesBack(ann);
      await again.pings();
      if (ann.isOpen) ann.offers(bob.id, 'from the past');
      await ann.isReadOrClosed();
      again.offers(bob.id, 'from the present');
      equals('the payload', (await bob.hears())['payload'], 'from the present');
    },
  },
  {
    id: 'O5.old-leaves',
    title: 'Ann opens a second socket, and closes the first',
    severity: 'required',
    expected: 'the id is still hers: another token hears ID-TAKEN, and Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const again = await scene.comesBack(ann);
      await again.pings();
      await ann.leaves();
      has('what another token hears', await (await scene.opens('thief', { id: ann.id })).hears(), { type: TAKEN.type });
      again.offers(bob.id, 'here');
      has('what Bob hears', await bob.hears(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.often',
    title: 'Ann opens ten sockets with her id and token, one after the other; Bob writes to her',
    severity: 'required',
    expected: 'the last hears him',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      let last = ann;
      for (let n = 0; n < 10; n++) last = await scene.comesBack(ann);
      await last.pings();
      bob.offers(ann.id, 'to the last one');
      has('what the last socket hears', await afterOpen(last), { src: bob.id, payload: 'to the last one' });
    },
  },
  {
    id: 'O5.after-cut',
    title: 'Ann is cut off, and opens a socket with her id and token at once',
    severity: 'required',
    expected: 'she is let in, and Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      ann.cut();
      const again = await scene.comesBack(ann);
      again.offers(bob.id, 'back');
      has('what Bob hears', await bob.hears(), { src: ann.id, payload: 'back' });
      holds(again.isOpen, 'the new socket was closed');
    },
  },
]);

/** The first frame that is no OPEN: whether one comes has a case of its own. */
export async function afterOpen(peer: FarPeer): Promise<Frame> {
  const frame = await peer.hears();
  return frame['type'] === 'OPEN' ? peer.hears() : frame;
}
