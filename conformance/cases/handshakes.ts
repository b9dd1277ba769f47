import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { within } from '../waiting.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** How long a reaction to a body without an end is awaited. */
const READ_GRACE_MS = 500;
const ANSWER = /HTTP\/1\.1 (\d{3})/g;

const AMBIGUOUS_HEADS = {
  'two-lengths': ['content-length: 5', 'content-length: 55'],
  'empty-length': ['content-length:'],
  'unknown-coding': ['transfer-encoding: xchunked'],
  'length-and-chunks': ['content-length: 5', 'transfer-encoding: chunked'],
};

/** H13, H14, H16, O12, O13: request heads and WebSocket handshakes. */
export const HANDSHAKE_CASES = cases([
  ...Object.entries(AMBIGUOUS_HEADS).map(([name, lines]): CaseDraft => ({
    id: `H13.${name}`,
    title: `a POST with ${lines.join(' and ')}, followed by a second request where the body may end`,
    severity: 'hardening',
    expected: 'no success: the second request is not answered, which prevents request smuggling',
    pace: 'alone',
    async run(fixture) {
      const { path, key } = fixture.server;
      const hidden = `GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\n\r\n`;
      const wire = fixture.openRaw();
      wire.send(['POST / HTTP/1.1', 'host: a', ...lines, '', `0\r\n\r\n${hidden}`].join('\r\n'));
      // A server may wait for the end of the body.
      const status = await within(READ_GRACE_MS, wire.status());
      await fixture.connect('bystander');
      const statuses = Array.from(wire.received.matchAll(ANSWER), ([, code]) => Number(code));
      assertThat(!statuses.includes(200), `the second request was answered: ${statuses.join(' and ')}`);
      assertThat(status === undefined || status >= 400, `the first request was answered with ${status}`);
    },
  })),
  {
    id: 'H14.no-connection',
    title: 'a handshake with Upgrade: websocket but without a Connection header',
    severity: 'hardening',
    expected: 'the request is handled as plain HTTP: no socket opens',
    async run(fixture) {
      const lines = ['host: a', 'upgrade: websocket', 'sec-websocket-version: 13', `sec-websocket-key: ${KEY}`, '', ''];
      const wire = fixture.openRaw().send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...lines].join('\r\n'));
      const status = await wire.status();
      assertThat(status !== 101, 'a socket opened');
    },
  },
  {
    id: 'H16.says-upgrade',
    title: 'GET {path}peerjs without an Upgrade header, as forwarded by a misconfigured proxy',
    severity: 'recommended',
    expected: '426 with Upgrade: websocket and an explanation, so the operator finds the cause',
    reference: { behaviour: 'answers 404', evidence: /status: expected 426, got 404/ },
    async run(fixture) {
      const { status, headers, body } = await fixture.request('peerjs?key=peerjs&id=ann&token=t');
      assertEqual('the status', status, 426);
      assertMatch('the header upgrade', headers.upgrade, /^websocket$/i);
      assertThat(body.length > 0, 'the response has no body');
    },
  },
  {
    id: 'O12.version',
    title: 'a handshake with Sec-WebSocket-Version: 99',
    severity: 'recommended',
    expected: '400 or 426, and Sec-WebSocket-Version includes 13',
    async run(fixture) {
      const response = await handshake(fixture.openRaw(), fixture.socketTarget(), ['sec-websocket-version: 99']);
      assertMatch('the response', response, /^HTTP\/1\.1 (400|426)/);
      assertMatch('the response', response, /^sec-websocket-version:.*\b13\b/im);
    },
  },
  {
    id: 'O12.key',
    title: 'a handshake with a Sec-WebSocket-Key that is not 16 bytes long',
    severity: 'hardening',
    expected: '400, and no socket opens',
    async run(fixture) {
      const wire = fixture.openRaw();
      const lines = ['host: a', 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'];
      wire.send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...lines, 'sec-websocket-key: short', '', ''].join('\r\n'));
      const status = await wire.status();
      assertThat(status !== 101, 'a socket opened');
      return status === 400 ? undefined : loose(`answers ${status}`);
    },
  },
  {
    id: 'O13.none-granted',
    title: 'a handshake with Sec-WebSocket-Protocol: a, b',
    severity: 'recommended',
    expected: 'the socket opens without a Sec-WebSocket-Protocol header, because the server implements neither protocol',
    reference: { behaviour: 'selects the first one', evidence: /the server selected a subprotocol/ },
    async run(fixture) {
      const lines = ['sec-websocket-version: 13', 'sec-websocket-protocol: a, b'];
      const response = await handshake(fixture.openRaw(), fixture.socketTarget(), lines);
      assertMatch('the response', response, /^HTTP\/1\.1 101/);
      assertThat(!/^sec-websocket-protocol:/im.test(response), 'the server selected a subprotocol');
    },
  },
]);

interface RawSender {
  send(text: string): { waitFor(pattern: RegExp): Promise<string> };
}

/** @returns the head of the response. */
function handshake(wire: RawSender, target: string, more: readonly string[]): Promise<string> {
  const lines = ['host: a', 'connection: upgrade', 'upgrade: websocket', `sec-websocket-key: ${KEY}`, ...more, '', ''];
  return wire.send([`GET ${target} HTTP/1.1`, ...lines].join('\r\n')).waitFor(/\r\n\r\n/);
}
