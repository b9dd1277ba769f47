import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import type { PeerClient, Frame } from '../client/peer-client.ts';
import { TAKEN } from './refusals.ts';

/** O5: a reconnect with the same id and token. */
export const RECONNECTING_CASES = cases([
  {
    id: 'O5.open',
    title: 'Ann opens a second socket with her id and token',
    severity: 'required',
    expected: 'the second socket receives OPEN; otherwise the client never fires its open event',
    reference: { behaviour: 'sends no OPEN', evidence: /waiting for a frame/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      assertEqual('the first frame', await (await fixture.reconnect(ann)).receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O5.closes-old',
    title: 'Ann opens a second socket with her id and token',
    severity: 'recommended',
    expected: 'the first socket is closed with 4001',
    reference: { behaviour: 'leaves the old socket open', evidence: /waiting for the server to close the socket/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await fixture.reconnect(ann);
      assertEqual('the close code', (await ann.waitForClose()).code, 4001);
    },
  },
  {
    id: 'O5.new-hears',
    title: 'Ann opens a second socket, then Bob sends an OFFER to her',
    severity: 'required',
    expected: 'the second socket receives the OFFER, the first one does not',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnectAndSettle(ann);
      bob.sendOffer(ann.id, 'to the new one');
      assertMembers('frame received on the new socket', await afterOpen(again), { src: bob.id, payload: 'to the new one' });
      await ann.waitUntilReadOrClosed();
      assertEqual('frames received on the old socket', ann.unread, []);
    },
  },
  {
    id: 'O5.new-speaks',
    title: 'Ann opens a second socket, then sends an OFFER to Bob on it',
    severity: 'required',
    expected: 'Bob receives the OFFER',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnect(ann);
      await again.waitUntilAnswered();
      again.sendOffer(bob.id, 'here');
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.old-is-mute',
    title: 'Ann opens a second socket, then sends an OFFER to Bob on the first one and another on the second one',
    severity: 'hardening',
    expected: 'Bob receives the OFFER of the second socket only',
    reference: { behaviour: 'still relays messages of the old socket', evidence: /from the past/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnectAndSettle(ann);
      if (ann.isOpen) ann.sendOffer(bob.id, 'from the past');
      await ann.waitUntilReadOrClosed();
      again.sendOffer(bob.id, 'from the present');
      assertEqual('the payload', (await bob.receive())['payload'], 'from the present');
    },
  },
  {
    id: 'O5.old-leaves',
    title: 'Ann opens a second socket, then closes the first one',
    severity: 'required',
    expected: 'the id stays registered: another token receives ID-TAKEN, and messages of the second socket are relayed',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnectAndSettle(ann);
      await ann.close();
      assertMembers('frame received by the other token', await (await fixture.openSocket('intruder', { id: ann.id })).receive(), {
        type: TAKEN.type,
      });
      again.sendOffer(bob.id, 'here');
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id, payload: 'here' });
    },
  },
  {
    id: 'O5.old-says-leave',
    title: 'Ann opens a second socket, and the first one sends LEAVE, as a page does when it closes; Bob sends an OFFER to her',
    severity: 'required',
    expected: 'the second socket receives the OFFER, and the id stays registered: only the current socket can leave',
    reference: { behaviour: 'removes the peer if the old socket sends LEAVE', evidence: /waiting for a frame/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnectAndSettle(ann);
      if (ann.isOpen) ann.send({ type: 'LEAVE' });
      await ann.waitUntilReadOrClosed();
      bob.sendOffer(ann.id, 'to the present');
      assertMembers('frame received on the new socket', await afterOpen(again), { src: bob.id, payload: 'to the present' });
    },
  },
  {
    id: 'O5.often',
    title: 'Ann opens ten sockets with her id and token, one after the other; Bob sends an OFFER to her',
    severity: 'required',
    expected: 'the last socket receives the OFFER',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      let last = ann;
      for (let n = 0; n < 10; n++) last = await fixture.reconnect(ann);
      await last.waitUntilAnswered();
      bob.sendOffer(ann.id, 'to the last one');
      assertMembers('frame received on the last socket', await afterOpen(last), { src: bob.id, payload: 'to the last one' });
    },
  },
  {
    id: 'O5.after-cut',
    title: 'Ann loses her connection, and immediately opens a socket with her id and token',
    severity: 'required',
    expected: 'OPEN, and messages of the new socket are relayed',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.terminate();
      const again = await fixture.reconnect(ann);
      await again.waitUntilAnswered();
      again.sendOffer(bob.id, 'back');
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id, payload: 'back' });
      assertThat(again.isOpen, 'the new socket was closed');
    },
  },
]);

/** Returns the first frame after an optional OPEN, which another case tests. */
export async function afterOpen(peer: PeerClient): Promise<Frame> {
  const frame = await peer.receive();
  return frame['type'] === 'OPEN' ? peer.receive() : frame;
}
