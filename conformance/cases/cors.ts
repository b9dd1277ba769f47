import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { loose, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';

const ORIGIN = 'https://a.example';
const UNLISTED_ORIGIN = 'https://stranger.example';
const ALLOWED = 'access-control-allow-origin';

/** H5, H6, O10: what pages of other origins may do. */
export const CORS_CASES = cases([
  ...Object.entries({ root: '', id: '{key}/id', peers: '{key}/peers', nowhere: 'nowhere' }).map(([name, path]): CaseDraft => ({
    id: `H5.${name}`,
    title: `OPTIONS {path}${path} from a page`,
    severity: 'recommended',
    expected: '204 without a body; the origin is echoed, GET is allowed, and the answer varies with Origin',
    setup: 'open origins',
    async run(scene) {
      const { status, headers, body } = await scene.request(path.replace('{key}', scene.server.key), preflight(ORIGIN));
      assertEqual('status and body', [status, body], [204, '']);
      assertEqual(ALLOWED, headers[ALLOWED], ORIGIN);
      assertMatch('access-control-allow-methods', headers['access-control-allow-methods'], /\bGET\b/);
      assertMatch('vary', headers.vary, /\borigin\b/i);
    },
  })),
  {
    id: 'H5.asked-headers',
    title: 'OPTIONS {path}{key}/id, asking for two headers',
    severity: 'recommended',
    expected: 'both are allowed',
    setup: 'open origins',
    async run(scene) {
      const { headers } = await scene.request(`${scene.server.key}/id`, preflight(ORIGIN, 'x-one,content-type'));
      for (const name of [/\bx-one\b/i, /\bcontent-type\b/i]) {
        assertMatch('access-control-allow-headers', headers['access-control-allow-headers'], name);
      }
    },
  },
  {
    id: 'H5.served-methods',
    title: 'OPTIONS {path}{key}/id',
    severity: 'recommended',
    expected: 'only methods that are served are named: GET and HEAD',
    setup: 'open origins',
    reference: { behaviour: 'names PUT, PATCH, POST and DELETE too, and answers 404 to them', evidence: /PUT/ },
    async run(scene) {
      const { headers } = await scene.request(`${scene.server.key}/id`, preflight(ORIGIN));
      assertEqual('access-control-allow-methods', headers['access-control-allow-methods']?.split(/\s*,\s*/).sort(), [
        'GET',
        'HEAD',
      ]);
    },
  },
  ...(
    [
      ['200', '', 'recommended'],
      ['id', '{key}/id', 'required'],
      ['peers', '{key}/peers', 'recommended'],
      ['404', 'nowhere', 'recommended'],
    ] as const
  ).map(([name, path, severity]): CaseDraft => ({
    id: `H6.echoed-${name}`,
    title: `GET {path}${path} from a page, where no origins are listed`,
    severity,
    expected: 'its origin is echoed (or *), whatever the status, and the answer varies with Origin',
    setup: 'open origins',
    async run(scene) {
      const { headers } = await scene.request(path.replace('{key}', scene.server.key), withOrigin(UNLISTED_ORIGIN));
      if (headers[ALLOWED] === '*') return loose('tells * instead of the origin');
      assertEqual(ALLOWED, headers[ALLOWED], UNLISTED_ORIGIN);
      assertMatch('vary', headers.vary, /\borigin\b/i);
      return undefined;
    },
  })),
  {
    id: 'H6.opaque',
    title: 'GET {path}{key}/id from a page with the opaque origin null',
    severity: 'recommended',
    expected: 'null is echoed',
    setup: 'open origins',
    async run(scene) {
      assertEqual(ALLOWED, await allowedOrigin(scene, 'null'), 'null');
    },
  },
  {
    id: 'H6.no-origin',
    title: 'GET {path}{key}/id without Origin',
    severity: 'recommended',
    expected: '200, and no origin is named',
    setup: 'open origins',
    async run(scene) {
      const { status, headers } = await scene.request(`${scene.server.key}/id`);
      assertEqual('the status', status, 200);
      assertEqual(ALLOWED, headers[ALLOWED], undefined);
    },
  },
  {
    id: 'O10.any-origin',
    title: 'a page of any origin opens a socket, where no origins are listed',
    severity: 'required',
    expected: 'OPEN',
    setup: 'open origins',
    async run(scene) {
      await scene.connect('ann', { origin: UNLISTED_ORIGIN });
    },
  },
  {
    id: 'H6.listed',
    title: 'GET {path}{key}/id from a page of each listed origin',
    severity: 'required',
    expected: 'its origin is echoed, and the answer varies with Origin',
    setup: 'listed origins',
    async run(scene) {
      for (const origin of listedOrigins(scene)) {
        const { headers } = await scene.request(`${scene.server.key}/id`, withOrigin(origin));
        assertEqual(ALLOWED, headers[ALLOWED], origin);
        assertMatch('vary', headers.vary, /\borigin\b/i);
      }
    },
  },
  ...Object.entries({
    stranger: () => UNLISTED_ORIGIN,
    'longer-host': (listed: string) => `${listed}.evil`,
    'other-scheme': (listed: string) => listed.replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https')),
    'other-port': (listed: string) => `${listed.replace(/:\d+$/, '')}:444`,
    capitals: (listed: string) => listed.replace(/\/\/.*/, (host) => host.toUpperCase()),
    slash: (listed: string) => `${listed}/`,
    opaque: () => 'null',
  }).map(([name, almost]): CaseDraft => ({
    id: `H6.not-listed-${name}`,
    title: `GET {path}{key}/id from ${almost(ORIGIN)}, where ${ORIGIN} is listed`,
    severity: 'hardening',
    expected: 'the answer names no origin',
    setup: 'listed origins',
    async run(scene) {
      const origin = almost(listedOrigins(scene)[0] ?? '');
      return expectNotAllowed(origin, await allowedOrigin(scene, origin));
    },
  })),
  {
    id: 'H6.listed-404',
    title: 'GET {path}nowhere from a page of a listed origin',
    severity: 'recommended',
    expected: 'the page may read the 404',
    setup: 'listed origins',
    async run(scene) {
      const [listed = ''] = listedOrigins(scene);
      assertEqual(ALLOWED, (await scene.request('nowhere', withOrigin(listed))).headers[ALLOWED], listed);
    },
  },
  {
    id: 'H5.listed',
    title: 'OPTIONS {path}{key}/id from a page of a listed origin, and from one of another',
    severity: 'required',
    expected: 'the first is echoed, the second is not',
    setup: 'listed origins',
    async run(scene) {
      const [listed = ''] = listedOrigins(scene);
      const told = async (origin: string): Promise<string | undefined> =>
        (await scene.request(`${scene.server.key}/id`, preflight(origin))).headers[ALLOWED];
      assertEqual(ALLOWED, await told(listed), listed);
      return expectNotAllowed(UNLISTED_ORIGIN, await told(UNLISTED_ORIGIN));
    },
  },
  ...Object.entries({
    listed: (scene: Fixture) => listedOrigins(scene).at(-1),
    'no-origin': () => undefined,
    'own-host': ({ server }: Fixture) => `${server.secure ? 'https' : 'http'}://${server.host}:${server.port}`,
  }).map(([name, originIn]): CaseDraft => ({
    id: `O10.${name}`,
    title: `a socket with ${{ listed: 'a listed origin', 'no-origin': 'no origin', 'own-host': "the server's own origin" }[name]}`,
    severity: name === 'own-host' ? 'recommended' : 'required',
    expected: 'OPEN',
    setup: 'listed origins',
    async run(scene) {
      await scene.connect('ann', { origin: originIn(scene) });
    },
  })),
  ...Object.entries({ stranger: UNLISTED_ORIGIN, opaque: 'null' }).map(([name, origin]): CaseDraft => ({
    id: `O10.refuses-${name}`,
    title: `a page of ${origin}, which is not listed, opens a socket`,
    severity: 'hardening',
    expected: 'refused with 403 before the handshake',
    setup: 'listed origins',
    reference: { behaviour: 'opens the socket: its list covers HTTP only', evidence: /expected 403, got 101/ },
    async run(scene) {
      assertEqual('the status', await scene.handshakeStatus({ origin }), 403);
    },
  })),
  {
    id: 'H6.star',
    title: 'GET {path}{key}/id from a page, where * is listed',
    severity: 'recommended',
    expected: 'it is told *',
    setup: 'every origin listed',
    reference: { behaviour: 'takes * of its command line for the name of an origin, and welcomes none', evidence: /got nothing/ },
    async run(scene) {
      assertEqual(ALLOWED, await allowedOrigin(scene, UNLISTED_ORIGIN), '*');
    },
  },
  {
    id: 'O10.star',
    title: 'a page of any origin opens a socket, where * is listed',
    severity: 'required',
    expected: 'OPEN',
    setup: 'every origin listed',
    async run(scene) {
      await scene.connect('ann', { origin: UNLISTED_ORIGIN });
    },
  },
]);

function withOrigin(origin: string): { headers: Record<string, string> } {
  return { headers: { origin } };
}

function preflight(origin: string, asked?: string): { method: string; headers: Record<string, string> } {
  const headers = { origin, 'access-control-request-method': 'GET' };
  return { method: 'OPTIONS', headers: asked === undefined ? headers : { ...headers, 'access-control-request-headers': asked } };
}

async function allowedOrigin(scene: Fixture, origin: string): Promise<string | undefined> {
  const { headers } = await scene.request(`${scene.server.key}/id`, withOrigin(origin));
  return headers[ALLOWED];
}

/** To name another origin tells a page nothing that it may use, but caches and people are better off without it. */
function expectNotAllowed(origin: string, allowed: string | undefined): Loose | void {
  assertThat(allowed !== origin && allowed !== '*', `${origin} is welcome`);
  return allowed === undefined ? undefined : loose(`names ${allowed} instead`);
}

function listedOrigins(scene: Fixture): readonly string[] {
  return scene.server.settings.cors ?? [];
}
