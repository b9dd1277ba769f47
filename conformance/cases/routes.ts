import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** H7, H8, X8, and H1, H2, O3, O9 below a path: methods and paths. */
export const ROUTE_CASES = cases([
  {
    id: 'H7.root',
    title: 'HEAD {path}',
    severity: 'recommended',
    expected: 'the status and headers of GET, and no body',
    async run(scene) {
      const get = await scene.request('');
      const head = await scene.request('', { method: 'HEAD' });
      assertEqual('the status', head.status, get.status);
      assertEqual('the body', head.body, '');
      for (const name of ['content-type', 'content-length']) assertEqual(name, head.headers[name], get.headers[name]);
    },
  },
  {
    id: 'H7.id',
    title: 'HEAD {path}{key}/id',
    severity: 'recommended',
    expected: '200, the length of an id, and no body',
    async run(scene) {
      const get = await scene.request(`${scene.server.key}/id`);
      const { status, headers, body } = await scene.request(`${scene.server.key}/id`, { method: 'HEAD' });
      assertEqual('status and body', [status, body], [200, '']);
      assertEqual('content-length', headers['content-length'], get.headers['content-length']);
    },
  },
  {
    id: 'H7.goes-on',
    title: 'HEAD {path}, and GET {path}{key}/id right behind it on the same connection',
    severity: 'recommended',
    expected: 'the id comes, and no body before it',
    async run(scene) {
      const { path, key } = scene.server;
      const wire = scene.openRaw();
      const head = `HEAD ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
      wire.send(`${head}GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      assertThat(!(await wire.waitFor(ID)).includes('{'), 'HEAD was answered with a body');
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
    async run(scene) {
      assertEqual('the status', (await scene.request(path.replace('{key}', scene.server.key))).status, 404);
    },
  })),
  {
    id: 'H8.two-slashes',
    title: 'GET {path}{key}//id',
    severity: 'recommended',
    expected: '404: two slashes are not one',
    reference: { behaviour: 'takes them for one', evidence: /expected 404, got 200/ },
    async run(scene) {
      assertEqual('the status', (await scene.request(`${scene.server.key}//id`)).status, 404);
    },
  },
  {
    id: 'H8.slash-at-end',
    title: 'GET {path}{key}/id/',
    severity: 'recommended',
    expected: '200: a slash at the end changes nothing',
    async run(scene) {
      assertEqual('the status', (await scene.request(`${scene.server.key}/id/`)).status, 200);
    },
  },
  {
    id: 'H8.other-method',
    title: 'POST {path}{key}/id',
    severity: 'recommended',
    expected: '405, and allow names GET and HEAD',
    reference: { behaviour: 'answers 404', evidence: /expected 405, got 404/ },
    async run(scene) {
      const { status, headers } = await scene.request(`${scene.server.key}/id`, { method: 'POST' });
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
    async run(scene) {
      assertEqual('the status', (await scene.request('%zz/id')).status, 404);
    },
  },
  {
    id: 'H8.with-body',
    title: 'POST {path}nowhere with a body, then GET {path}{key}/id on the same connection',
    severity: 'hardening',
    expected: '404, then the id: the body is no request',
    async run(scene) {
      const { path, key } = scene.server;
      const wire = scene.openRaw();
      wire.send(`POST ${path}nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello`);
      await wire.waitFor(/HTTP\/1\.1 404 /);
      wire.send(`GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\n\r\n`);
      await wire.waitFor(ID);
    },
  },
  {
    id: 'X8.cors',
    title: 'a page of another origin posts to a route of clients older than 0.3.25',
    severity: 'recommended',
    expected: 'where it is not served: 404, with an access-control-allow-origin that lets the page read so',
    setup: 'open origins',
    async run(scene) {
      const origin = 'http://page.example';
      const target = `${scene.server.key}/${uniqueName('old')}/token/id?i=0`;
      const { status, headers } = await scene.request(target, { method: 'POST', headers: { origin } });
      assertEqual('the status', status, 404);
      assertEqual('access-control-allow-origin', headers['access-control-allow-origin'], origin);
    },
  },
  {
    id: 'H1.below-path',
    title: 'GET of the configured path, with and without a slash at its end',
    severity: 'recommended',
    expected: '200 for both',
    setup: 'below a path',
    async run(scene) {
      const { path } = scene.server;
      assertEqual('the status with a slash', (await scene.requestAt(path)).status, 200);
      assertEqual('the status without', (await scene.requestAt(path.slice(0, -1))).status, 200);
    },
  },
  {
    id: 'H2.below-path',
    title: 'GET {path}{key}/id, where the path is not /',
    severity: 'required',
    expected: '200, and an id',
    setup: 'below a path',
    async run(scene) {
      assertMatch('the body', (await scene.request(`${scene.server.key}/id`)).body, ID);
    },
  },
  ...Object.entries({
    root: () => '/',
    'without-path': (_: string, key: string) => `/${key}/id`,
    'longer-path': (path: string) => `${path.slice(0, -1)}p`,
    'other-path': (_: string, key: string) => `/other/${key}/id`,
  }).map(([name, targetOf]): CaseDraft => ({
    id: `H8.outside-${name}`,
    title: `GET ${targetOf('{path}/', '{key}')}, which is outside of the configured path`,
    severity: 'recommended',
    expected: '404',
    setup: 'below a path',
    async run(scene) {
      assertEqual('the status', (await scene.requestAt(targetOf(scene.server.path, scene.server.key))).status, 404);
    },
  })),
  {
    id: 'O3.below-path',
    title: 'Ann and Bob open sockets at {path}peerjs, where the path is not /',
    severity: 'required',
    expected: 'Bob hears Ann',
    setup: 'below a path',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 1);
      assertEqual('the payload', (await bob.receive())['payload'], 1);
    },
  },
  {
    id: 'O9.outside-path',
    title: 'a socket at /peerjs, where the path is not /',
    severity: 'recommended',
    expected: 'refused with 404',
    setup: 'below a path',
    reference: { behaviour: 'answers 400', evidence: /expected 404, got 400/ },
    async run(scene) {
      assertEqual(
        'the status',
        await scene.handshakeStatus(`/peerjs?key=${scene.server.key}&id=${uniqueName('ann')}&token=t`),
        404,
      );
    },
  },
]);
