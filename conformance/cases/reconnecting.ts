import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import type { PeerClient, Frame } from '../client/peer-client.ts';
import { TAKEN } from './refusals.ts';

/** O5: the same id with the same token. */
export const RECONNECTING_CASES = cases([
  {
    id: 'O5.open',
    title: 'Ann opens a second socket with her id and token',
    severity: 'required',
    expected: 'it hears OPEN, or the open event of the client never fires',
    reference: { behaviour: 'sends no OPEN', evidence: /waited \d+ ms for a frame/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      assertEqual('the first frame', await (await scene.reconnect(ann)).receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O5.closes-old',
    title: 'Ann opens a second socket with her id and token',
    severity: 'recommended',
    expected: 'the first is closed with 4001',
    reference: { behaviour: 'leaves the old socket open', evidence: /waited \d+ ms for the socket/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      await scene.reconnect(ann);
      assertEqual('the code', (await ann.waitForClose()).code, 4001);
    },
  },
  {
    id: 'O5.new-hears',
    title: 'Ann opens a second socket, and Bob writes to her',
    severity: 'required',
    expected: 'the second hears him, and the first does not',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const again = await scene.reconnect(ann);
      await again.ping();
      bob.sendOffer(ann.id, 'to the new one');
      assertMembers('what the new socket hears', await afterOpen(again), { src: bob.id, payload: 'to the new one' });
      assertEqual('what the old socket hears', ann.unread, []);
    },
  },
  {
    id: 'O5.new-speaks',
    title: 'Ann opens a second socket, and writes to Bob on it',
    severity: 'required',
    expected: 'Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const again = await scene.reconnect(ann);
      again.sendOffer(bob.id, 'here');
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.old-is-mute',
    title: 'Ann opens a second socket, and writes to Bob on the first, then on the second',
    severity: 'hardening',
    expected: 'Bob hears the second only',
    reference: { behaviour: 'still takes the old socket for the peer', evidence: /from the past/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const again = await scene.reconnect(ann);
      await again.ping();
      if (ann.isOpen) ann.sendOffer(bob.id, 'from the past');
      await ann.waitUntilReadOrClosed();
      again.sendOffer(bob.id, 'from the present');
      assertEqual('the payload', (await bob.receive())['payload'], 'from the present');
    },
  },
  {
    id: 'O5.old-leaves',
    title: 'Ann opens a second socket, and closes the first',
    severity: 'required',
    expected: 'the id is still hers: another token hears ID-TAKEN, and Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const again = await scene.reconnect(ann);
      await again.ping();
      await ann.close();
      assertMembers('what another token hears', await (await scene.openSocket('thief', { id: ann.id })).receive(), {
        type: TAKEN.type,
      });
      again.sendOffer(bob.id, 'here');
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.often',
    title: 'Ann opens ten sockets with her id and token, one after the other; Bob writes to her',
    severity: 'required',
    expected: 'the last hears him',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      let last = ann;
      for (let n = 0; n < 10; n++) last = await scene.reconnect(ann);
      await last.ping();
      bob.sendOffer(ann.id, 'to the last one');
      assertMembers('what the last socket hears', await afterOpen(last), { src: bob.id, payload: 'to the last one' });
    },
  },
  {
    id: 'O5.after-cut',
    title: 'Ann is cut off, and opens a socket with her id and token at once',
    severity: 'required',
    expected: 'she is let in, and Bob hears her',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.terminate();
      const again = await scene.reconnect(ann);
      again.sendOffer(bob.id, 'back');
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id, payload: 'back' });
      assertThat(again.isOpen, 'the new socket was closed');
    },
  },
]);

/** The first frame that is no OPEN: whether one comes has a case of its own. */
export async function afterOpen(peer: PeerClient): Promise<Frame> {
  const frame = await peer.receive();
  return frame['type'] === 'OPEN' ? peer.receive() : frame;
}
