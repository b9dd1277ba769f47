import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import { closeFrame, openOnWire, textFrame, UPGRADE_LINES } from '../client/raw-peer.ts';
import { Failed } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

/** O3, M16, M17, L2: the first and the last bytes of a browser. */
export const CLOSING_CASES = cases([
  {
    id: 'O3.firefox',
    title: 'a handshake with the headers of Firefox, among them Connection: keep-alive, Upgrade',
    severity: 'required',
    expected: '101: Connection is a list',
    async run(fixture) {
      const wire = fixture.openRaw();
      wire.send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...UPGRADE_LINES, '', ''].join('\r\n'));
      assertEqual('the status', await wire.status(), 101);
    },
  },
  {
    id: 'M16.closing',
    title: 'Bob sends a close frame and keeps his TCP connection open; Ann sends him an OFFER',
    severity: 'required',
    expected: 'Ann receives LEAVE or EXPIRE: a message to a peer that has left must not be lost silently',
    setup: 'messages expire',
    reference: { behaviour: 'loses messages to a closing socket without a notice', evidence: /waiting for a frame/ },
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      const wire = await openOnWire(fixture.openRaw(true), fixture.socketTarget({ id }));
      wire.send(closeFrame());
      await wire.flush();
      await fixture.expectNothing(ann);
      ann.sendOffer(id, 'to a closing socket');
      const { type, src } = await ann.receive();
      assertEqual('the src', src, id);
      assertThat(type === 'LEAVE' || type === 'EXPIRE', `Ann received ${formatValue(type)}`);
    },
  },
  {
    id: 'M17.before-close',
    title: 'Ann sends Bob an OFFER and a close frame in one TCP segment',
    severity: 'required',
    expected: 'Bob receives the OFFER, as from a page that is closed immediately after a call',
    async run(fixture) {
      const [bob, id] = [await fixture.connect('bob'), uniqueName('ann')];
      const wire = await openOnWire(fixture.openRaw(), fixture.socketTarget({ id }));
      const offer = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: clientPayload('OFFER', 'goodbye') });
      wire.send(Buffer.concat([textFrame(offer), closeFrame()]));
      assertMembers('frame received by Bob', await bob.receive(), { src: id, payload: 'goodbye' });
    },
  },
  {
    id: 'M17.before-end',
    title: 'Ann sends Bob 20 messages and ends her TCP connection without a close frame',
    severity: 'required',
    expected: 'Bob receives all of them, in order',
    async run(fixture) {
      const [bob, id] = [await fixture.connect('bob'), uniqueName('ann')];
      const wire = await openOnWire(fixture.openRaw(), fixture.socketTarget({ id }));
      const frames = Array.from({ length: 20 }, (_, n) =>
        textFrame(JSON.stringify({ type: 'CANDIDATE', dst: bob.id, payload: clientPayload('CANDIDATE', n) })),
      );
      wire.send(Buffer.concat(frames)).end();
      const received = (await bob.receiveMany(frames.length)).map(({ payload }) => payload);
      assertEqual(
        'the messages',
        received,
        Array.from(frames, (_, n) => n),
      );
    },
  },
  {
    id: 'L2.close-frame-frees',
    title: 'Ann sends a close frame and keeps her TCP connection open; another token requests her id',
    severity: 'recommended',
    expected: 'OPEN: the id is free when the close frame is read',
    reference: { behaviour: 'frees the id when the TCP connection has ended', evidence: /ID-TAKEN/ },
    async run(fixture) {
      const id = uniqueName('ann');
      const wire = await openOnWire(fixture.openRaw(true), fixture.socketTarget({ id }));
      wire.send(closeFrame());
      try {
        await fixture.connectWhenFree('new-owner', { id });
      } catch (error) {
        throw error instanceof Failed ? new Failed(`the id is not free: ${error.message}`) : error;
      }
    },
  },
]);
