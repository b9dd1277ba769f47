import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { loose } from '../outcomes.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ANSWER = /HTTP\/1\.1 (\d{3})/g;

const AMBIGUOUS_HEADS = {
  'two-lengths': ['content-length: 5', 'content-length: 55'],
  'empty-length': ['content-length:'],
  'unknown-coding': ['transfer-encoding: xchunked'],
  'length-and-chunks': ['content-length: 5', 'transfer-encoding: chunked'],
};

/** H13, H14, H16, O12, O13: heads of requests, and what makes one a handshake. */
export const HANDSHAKE_CASES = cases([
  ...Object.entries(AMBIGUOUS_HEADS).map(([name, lines]): CaseDraft => ({
    id: `H13.${name}`,
    title: `a POST with ${lines.join(' and ')}, and a second request where its body may end`,
    severity: 'hardening',
    expected: 'an error or the end of the connection, and the second request is not answered',
    pace: 'alone',
    async run(scene) {
      const { path, key } = scene.server;
      const hidden = `GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\n\r\n`;
      const wire = scene.openRaw();
      wire.send(['POST / HTTP/1.1', 'host: a', ...lines, '', `0\r\n\r\n${hidden}`].join('\r\n'));
      const status = await wire.status();
      await scene.connect('witness');
      const statuses = Array.from(wire.received.matchAll(ANSWER), ([, code]) => Number(code));
      assertThat(!statuses.includes(200), `the second request was answered: ${statuses.join(' and ')}`);
      assertThat(status === undefined || status >= 400, `it was answered with ${status}`);
    },
  })),
  {
    id: 'H14.no-connection',
    title: 'a handshake with Upgrade, and without Connection',
    severity: 'hardening',
    expected: 'a request like any other: no socket opens',
    async run(scene) {
      const lines = ['host: a', 'upgrade: websocket', 'sec-websocket-version: 13', `sec-websocket-key: ${KEY}`, '', ''];
      const wire = scene.openRaw().send([`GET ${scene.socketTarget()} HTTP/1.1`, ...lines].join('\r\n'));
      const status = await wire.status();
      assertThat(status !== 101, 'a socket opened');
    },
  },
  {
    id: 'H16.says-upgrade',
    title: 'GET {path}peerjs, as it arrives behind a proxy that drops Upgrade',
    severity: 'recommended',
    expected: '426, upgrade: websocket, and a sentence',
    reference: { behaviour: 'answers 404', evidence: /status: expected 426, got 404/ },
    async run(scene) {
      const { status, headers, body } = await scene.request('peerjs?key=peerjs&id=ann&token=t');
      assertEqual('the status', status, 426);
      assertMatch('the header upgrade', headers.upgrade, /^websocket$/i);
      assertThat(body.length > 0, 'the answer has no text');
    },
  },
  {
    id: 'O12.version',
    title: 'a handshake with the version 99',
    severity: 'recommended',
    expected: '400 or 426, and sec-websocket-version names 13',
    async run(scene) {
      const heard = await handshake(scene.openRaw(), scene.socketTarget(), ['sec-websocket-version: 99']);
      assertMatch('the answer', heard, /^HTTP\/1\.1 (400|426)/);
      assertMatch('the answer', heard, /^sec-websocket-version:.*\b13\b/im);
    },
  },
  {
    id: 'O12.key',
    title: 'a handshake whose key is not 16 bytes',
    severity: 'hardening',
    expected: '400, and no socket opens',
    async run(scene) {
      const wire = scene.openRaw();
      const lines = ['host: a', 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'];
      wire.send([`GET ${scene.socketTarget()} HTTP/1.1`, ...lines, 'sec-websocket-key: short', '', ''].join('\r\n'));
      const status = await wire.status();
      assertThat(status !== 101, 'a socket opened');
      return status === 400 ? undefined : loose(`answers ${status}`);
    },
  },
  {
    id: 'O13.none-granted',
    title: 'a handshake that asks for the subprotocols a and b',
    severity: 'recommended',
    expected: 'the socket opens, and neither is granted',
    reference: { behaviour: 'grants the first', evidence: /a subprotocol was granted/ },
    async run(scene) {
      const lines = ['sec-websocket-version: 13', 'sec-websocket-protocol: a, b'];
      const heard = await handshake(scene.openRaw(), scene.socketTarget(), lines);
      assertMatch('the answer', heard, /^HTTP\/1\.1 101/);
      assertThat(!/^sec-websocket-protocol:/im.test(heard), 'a subprotocol was granted');
    },
  },
]);

interface RawSender {
  send(text: string): { waitFor(pattern: RegExp): Promise<string> };
}

/** @returns the head of the answer. */
function handshake(wire: RawSender, target: string, more: readonly string[]): Promise<string> {
  const lines = ['host: a', 'connection: upgrade', 'upgrade: websocket', `sec-websocket-key: ${KEY}`, ...more, '', ''];
  return wire.send([`GET ${target} HTTP/1.1`, ...lines].join('\r\n')).waitFor(/\r\n\r\n/);
}
