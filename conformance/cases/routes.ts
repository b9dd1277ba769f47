import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMatch } from '../assertions.ts';
import { CLIENT_ID_PATTERN } from './http.ts';
import { NotTestable } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

/** H7, H8, X8, and H1, H2, O3, O9 with a path prefix: methods and routes. */
export const ROUTE_CASES = cases([
  {
    id: 'H7.root',
    title: 'HEAD {path}',
    severity: 'recommended',
    expected: 'the status and headers of GET, without a body',
    async run(fixture) {
      const get = await fixture.request('');
      const head = await fixture.request('', { method: 'HEAD' });
      assertEqual('the status', head.status, get.status);
      assertEqual('the body', head.body, '');
      assertEqual('content-type', head.headers['content-type'], get.headers['content-type']);
      // A HEAD response may omit the length (RFC 9110, 9.3.2).
      const { 'content-length': length = get.headers['content-length'] } = head.headers;
      assertEqual('content-length', length, get.headers['content-length']);
    },
  },
  {
    id: 'H7.id',
    title: 'HEAD {path}{key}/id',
    severity: 'recommended',
    expected: '200 without a body; Content-Length, if there is one, is the length of an id',
    async run(fixture) {
      const { status, headers, body } = await fixture.request(`${fixture.server.key}/id`, { method: 'HEAD' });
      assertEqual('status and body', [status, body], [200, '']);
      assertMatch('content-length', headers['content-length'] ?? '1', /^[1-9]\d*$/);
    },
  },
  {
    id: 'H7.goes-on',
    title: 'pipelined HEAD {path} and GET {path}{key}/id on one connection',
    severity: 'recommended',
    expected: 'the id follows the HEAD response without a body in between, so clients can reuse the connection',
    async run(fixture) {
      const { path, key } = fixture.server;
      const wire = fixture.openRaw();
      const head = `HEAD ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
      wire.send(`${head}GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      const received = await wire.waitFor(/HTTP\/1\.[01] \d{3}[\s\S]*HTTP\/1\.[01] 200[\s\S]*\r\n\r\n./);
      const [, between = ''] = /\r\n\r\n([\s\S]*?)HTTP\/1\.[01] 200/.exec(received) ?? [];
      assertEqual('the bytes between the two responses', between, '');
    },
  },
  ...Object.entries({
    nowhere: 'nowhere',
    'below-id': '{key}/id/more',
    'unknown-below-key': '{key}/unknown',
    favicon: 'favicon.ico',
  }).map(([name, path]): CaseDraft => ({
    id: `H8.${name}`,
    title: `GET {path}${path}`,
    severity: 'recommended',
    expected: '404',
    async run(fixture) {
      assertEqual('the status', (await fixture.request(path.replace('{key}', fixture.server.key))).status, 404);
    },
  })),
  {
    id: 'H8.two-slashes',
    title: 'GET {path}{key}//id',
    severity: 'recommended',
    expected: '404: repeated slashes are not merged',
    reference: { behaviour: 'merges them', evidence: /expected 404, got 200/ },
    async run(fixture) {
      assertEqual('the status', (await fixture.request(`${fixture.server.key}//id`)).status, 404);
    },
  },
  {
    id: 'H8.slash-at-end',
    title: 'GET {path}{key}/id/',
    severity: 'recommended',
    expected: '200: a trailing slash is ignored',
    async run(fixture) {
      assertEqual('the status', (await fixture.request(`${fixture.server.key}/id/`)).status, 200);
    },
  },
  {
    id: 'H8.other-method',
    title: 'POST {path}{key}/id',
    severity: 'recommended',
    expected: '405, and Allow includes GET and HEAD',
    reference: { behaviour: 'answers 404', evidence: /expected 405, got 404/ },
    async run(fixture) {
      const { status, headers } = await fixture.request(`${fixture.server.key}/id`, { method: 'POST' });
      assertEqual('the status', status, 405);
      for (const method of [/\bGET\b/, /\bHEAD\b/]) assertMatch('allow', headers.allow, method);
    },
  },
  {
    id: 'H8.broken-escape',
    title: 'GET {path}%zz/id',
    severity: 'recommended',
    expected: '404',
    reference: { behaviour: 'answers 400', evidence: /expected 404, got 400/ },
    async run(fixture) {
      assertEqual('the status', (await fixture.request('%zz/id')).status, 404);
    },
  },
  {
    id: 'H8.with-body',
    title: 'POST {path}nowhere with a body, then GET {path}{key}/id on the same connection',
    severity: 'hardening',
    expected: '404, then an id: the body is not parsed as a request',
    async run(fixture) {
      const { path, key } = fixture.server;
      const wire = fixture.openRaw();
      wire.send(`POST ${path}nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello`);
      await wire.waitFor(/^HTTP\/1\.1 404 /);
      wire.send(`GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\n\r\n`);
      await wire.waitFor(/^HTTP\/1\.1 404 [\s\S]*HTTP\/1\.1 200 /);
    },
  },
  {
    id: 'X8.cors',
    title: 'a page of another origin sends a POST to a route of PeerJS clients before 0.3.25',
    severity: 'recommended',
    expected: '404 with Access-Control-Allow-Origin, so the page can read the status, if the route is not served',
    setup: 'any origin',
    async run(fixture) {
      const origin = 'http://page.example';
      const target = `${fixture.server.path}${fixture.server.key}/${uniqueName('old')}/token/id?i=0`;
      // The response of a server that serves the route has no end, so only its head is read.
      const head = [`POST ${target} HTTP/1.1`, 'host: a', `origin: ${origin}`, 'content-length: 0', '', ''].join('\r\n');
      const wire = fixture.openRaw().send(head);
      const [, status = '', headers = ''] = /^HTTP\/1\.[01] (\d{3})([\s\S]*?)\r\n\r\n/.exec(await wire.waitFor(/\r\n\r\n/)) ?? [];
      if (status !== '404' && status !== '405') throw new NotTestable('the server serves the routes of these clients');
      assertMatch('the head of the response', headers, /^access-control-allow-origin: (\*|http:\/\/page\.example)\r?$/im);
    },
  },
  {
    id: 'H1.below-path',
    title: 'GET of the path prefix, with and without a trailing slash',
    severity: 'recommended',
    expected: '200 for both',
    setup: 'path prefix',
    async run(fixture) {
      const { path } = fixture.server;
      assertEqual('the status with a trailing slash', (await fixture.requestAt(path)).status, 200);
      assertEqual('the status without a trailing slash', (await fixture.requestAt(path.slice(0, -1))).status, 200);
    },
  },
  {
    id: 'H2.below-path',
    title: 'GET {path}{key}/id, on a server with a path prefix',
    severity: 'required',
    expected: '200, and an id',
    setup: 'path prefix',
    async run(fixture) {
      const { status, body } = await fixture.request(`${fixture.server.key}/id`);
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  ...Object.entries({
    root: () => '/',
    'without-path': (_: string, key: string) => `/${key}/id`,
    'longer-path': (path: string) => `${path.slice(0, -1)}p`,
    'other-path': (_: string, key: string) => `/other/${key}/id`,
  }).map(([name, targetOf]): CaseDraft => ({
    id: `H8.outside-${name}`,
    title: `GET ${targetOf('{path}/', '{key}')}, which is outside the path prefix`,
    severity: 'recommended',
    expected: '404',
    setup: 'path prefix',
    async run(fixture) {
      assertEqual('the status', (await fixture.requestAt(targetOf(fixture.server.path, fixture.server.key))).status, 404);
    },
  })),
  {
    id: 'O3.below-path',
    title: 'Ann and Bob connect to {path}peerjs, on a server with a path prefix; Ann sends an OFFER to Bob',
    severity: 'required',
    expected: 'Bob receives the OFFER',
    setup: 'path prefix',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 1);
      assertEqual('the payload', (await bob.receive())['payload'], 1);
    },
  },
  {
    id: 'O3.slash-behind-path',
    title:
      'Ann and Bob connect to {path}peerjs, and GET {path}{key}/id, on a server whose path was configured with a slash at its end',
    severity: 'required',
    expected: 'OPEN and an id: the slash changes nothing',
    setup: 'path prefix with a slash',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 1);
      assertEqual('the payload', (await bob.receive())['payload'], 1);
      assertEqual('the status', (await fixture.request(`${fixture.server.key}/id`)).status, 200);
    },
  },
  {
    id: 'O9.outside-path',
    title: 'a handshake at /peerjs, on a server with a path prefix',
    severity: 'recommended',
    expected: 'the handshake is refused with 404',
    setup: 'path prefix',
    reference: { behaviour: 'answers 400', evidence: /expected 404, got 400/ },
    async run(fixture) {
      assertEqual(
        'the status',
        await fixture.handshakeStatus(`/peerjs?key=${fixture.server.key}&id=${uniqueName('ann')}&token=t`),
        404,
      );
    },
  },
]);
