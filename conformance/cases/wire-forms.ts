import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import { openOnWire, pingFrame, textFragments, UPGRADE_LINES } from '../client/raw-peer.ts';
import { uniqueName } from '../fixture.ts';

const LARGE = 100_000;
const BARE_LINES = UPGRADE_LINES.map((line) => line.replace('keep-alive, Upgrade', 'Upgrade')).filter(
  (line) => !/^Sec-WebSocket-Extensions/.test(line),
);

/** O12, O13, M1: forms of handshakes and frames that RFC 6455 allows to every client. */
export const WIRE_FORM_CASES = cases([
  {
    id: 'O12.capitals',
    title: 'a handshake with Upgrade: WebSocket and CONNECTION: UPGRADE',
    severity: 'required',
    expected: '101: the names and tokens of these headers ignore case, and proxies change it',
    async run(fixture) {
      const lines = BARE_LINES.filter((line) => !/^(Connection|Upgrade)/.test(line));
      const all = [...lines, 'CONNECTION: UPGRADE', 'Upgrade: WebSocket', '', ''];
      const wire = fixture.openRaw().send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...all].join('\r\n'));
      assertEqual('the status', await wire.status(), 101);
    },
  },
  {
    id: 'O13.nothing-unasked',
    title: 'a handshake without Sec-WebSocket-Protocol and Sec-WebSocket-Extensions',
    severity: 'required',
    expected: 'a response without both: a browser closes the connection if the server grants what it did not request',
    async run(fixture) {
      const wire = fixture.openRaw().send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...BARE_LINES, '', ''].join('\r\n'));
      const head = await wire.waitFor(/\r\n\r\n/);
      assertThat(/^HTTP\/1\.1 101/.test(head), `the handshake was refused: ${head.slice(0, 100)}`);
      const granted = /^sec-websocket-(protocol|extensions):.*/im.exec(head.split('\r\n\r\n', 1)[0] ?? '')?.[0];
      assertThat(granted === undefined, `the server sends ${granted}`);
    },
  },
  {
    id: 'M1.large',
    title: `Ann, who offers compression like every browser, sends Bob a message of ${LARGE} characters`,
    severity: 'required',
    expected: 'Bob receives the message: descriptions with many candidates and metadata are large',
    async run(fixture) {
      fixture.requireMessageSize(LARGE + 1_000);
      const [ann, bob] = await fixture.connectPair();
      const marker = 'ab'.repeat(LARGE / 2);
      ann.sendOffer(bob.id, marker);
      const { src, payload } = await bob.receive();
      assertEqual('the src', src, ann.id);
      assertThat(payload === marker, 'Bob received a different payload');
    },
  },
  {
    id: 'M1.ping-between-fragments',
    title: 'Ann sends Bob a message in three WebSocket fragments, with a ping between them',
    severity: 'required',
    expected: 'Bob receives the message: control frames may arrive between fragments (RFC 6455)',
    async run(fixture) {
      const [bob, id] = [await fixture.connect('bob'), uniqueName('ann')];
      const wire = await openOnWire(fixture.openRaw(), fixture.socketTarget({ id }));
      const offer = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: clientPayload('OFFER', 'in pieces') });
      const [first, ...others] = textFragments([offer.slice(0, 10), offer.slice(10, 20), offer.slice(20)]);
      wire.send(Buffer.concat([first ?? Buffer.alloc(0), pingFrame(), ...others]));
      assertMembers('frame received by Bob', await bob.receive(), { src: id, payload: 'in pieces' });
    },
  },
]);
