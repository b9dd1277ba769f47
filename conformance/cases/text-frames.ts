import { cases } from '../case.ts';
import { assertEqual } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { Failed, NotTestable } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';

const EXPECTED = 'a text frame: a browser hands a binary frame to the PeerJS client as a Blob, which the client cannot parse';

/** O1, O3, O4, O11, M1, M6, M14: the type of the frames of the server. If OPEN is binary, only its own case fails. */
export const TEXT_FRAME_CASES = cases([
  {
    id: 'O1.text-frame',
    title: 'a handshake without id and token; the type of the ERROR frame',
    severity: 'required',
    expected: EXPECTED,
    async run(fixture) {
      await requireTextOpen(fixture);
      const socket = await fixture.openSocketAt(`${fixture.server.path}peerjs?key=${fixture.server.key}`);
      await expectText(socket, 'ERROR');
    },
  },
  {
    id: 'O3.text-frame',
    title: 'a handshake with a free id; the type of the OPEN frame',
    severity: 'required',
    expected: EXPECTED,
    async run(fixture) {
      await expectText(await fixture.openSocket('ann'), 'OPEN');
    },
  },
  {
    id: 'O4.text-frame',
    title: 'a handshake with the id of Ann and another token; the type of the ID-TAKEN frame',
    severity: 'required',
    expected: EXPECTED,
    async run(fixture) {
      await requireTextOpen(fixture);
      const ann = await fixture.connect('ann');
      await expectText(await fixture.openSocket('intruder', { id: ann.id }), 'ID-TAKEN');
    },
  },
  ...['OFFER', 'ANSWER', 'CANDIDATE'].map((type) => ({
    id: `M1.text-frame-${type.toLowerCase()}`,
    title: `Ann sends ${type} to Bob; the type of the relayed frame`,
    severity: 'required' as const,
    expected: EXPECTED,
    async run(fixture: Fixture): Promise<void> {
      await requireTextOpen(fixture);
      const [ann, bob] = await fixture.connectPair();
      ann.sendMessage(type, bob.id);
      await expectText(bob, type);
    },
  })),
  ...Object.entries({
    large: { what: 'of 20,000 characters', marker: 'x'.repeat(20_000) },
    unicode: { what: 'with characters beyond ASCII', marker: 'é☃🦊' },
  }).map(([name, { what, marker }]) => ({
    id: `M1.text-frame-${name}`,
    title: `Ann sends Bob an OFFER ${what}; the type of the relayed frame`,
    severity: 'required' as const,
    expected: EXPECTED,
    async run(fixture: Fixture): Promise<void> {
      await requireTextOpen(fixture);
      fixture.requireMessageSize(marker.length + 1_000);
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, marker);
      await expectText(bob, 'OFFER');
    },
  })),
  {
    id: 'M6.text-frame',
    title: 'Ann sends LEAVE to Bob; the type of the relayed frame',
    severity: 'required',
    expected: EXPECTED,
    async run(fixture) {
      await requireTextOpen(fixture);
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'LEAVE', dst: bob.id });
      await expectText(bob, 'LEAVE');
    },
  },
  {
    id: 'O11.text-frame',
    title: 'Ann sends an OFFER to absent Bob; Bob connects; the type of the held frame',
    severity: 'required',
    expected: EXPECTED,
    setup: 'mailboxes',
    async run(fixture) {
      await requireTextOpen(fixture);
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(id);
      await fixture.expectNothing(ann);
      await expectText(await fixture.connect('bob', { id }), 'OFFER');
    },
  },
  {
    id: 'M14.text-frame',
    title: 'Ann sends an OFFER to an absent peer; the type of the EXPIRE frame',
    severity: 'required',
    expected: EXPECTED,
    setup: 'messages expire',
    async run(fixture) {
      await requireTextOpen(fixture);
      const ann = await fixture.connect('ann');
      ann.sendOffer(uniqueName('absent'));
      await expectText(ann, 'EXPIRE');
    },
  },
]);

async function expectText(peer: PeerClient, type: string): Promise<void> {
  const { text, isBinary } = await peer.receiveRaw();
  assertEqual('the frame', (JSON.parse(text) as { readonly type?: unknown }).type, type);
  if (isBinary) throw new Failed(`${type} is a binary frame`);
}

/** @throws NotTestable if the server sends OPEN as a binary frame, which is the cause of all other binary frames. */
async function requireTextOpen(fixture: Fixture): Promise<void> {
  const { isBinary } = await (await fixture.openSocket('first')).receiveRaw();
  if (isBinary) throw new NotTestable('requires an OPEN in a text frame (O3.text-frame)');
}
