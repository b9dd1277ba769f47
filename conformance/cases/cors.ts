import { cases, type CaseDraft } from '../case.ts';
import { equals, holds, matches } from '../claims.ts';
import { loose, type Loose } from '../outcomes.ts';
import type { Scene } from '../scene.ts';

const ORIGIN = 'https://a.example';
const STRANGER = 'https://stranger.example';
const ALLOWED = 'access-control-allow-origin';

/** H5, H6, O10: what pages of other origins may do. */
export const CORS_CASES = cases([
  ...Object.entries({ root: '', id: '{key}/id', peers: '{key}/peers', nowhere: 'nowhere' }).map(([name, path]): CaseDraft => ({
    id: `H5.${name}`,
    title: `OPTIONS {path}${path} from a page`,
    severity: 'recommended',
    expected: '204 without a body; the origin is echoed, GET is allowed, and the answer varies with Origin',
    needs: 'open origins',
    async run(scene) {
      const { status, headers, body } = await scene.asks(path.replace('{key}', scene.server.key), preflight(ORIGIN));
      equals('status and body', [status, body], [204, '']);
      equals(ALLOWED, headers[ALLOWED], ORIGIN);
      matches('access-control-allow-methods', headers['access-control-allow-methods'], /\bGET\b/);
      matches('vary', headers.vary, /\borigin\b/i);
    },
  })),
  {
    id: 'H5.asked-headers',
    title: 'OPTIONS {path}{key}/id, asking for two headers',
    severity: 'recommended',
    expected: 'both are allowed',
    needs: 'open origins',
    async run(scene) {
      const { headers } = await scene.asks(`${scene.server.key}/id`, preflight(ORIGIN, 'x-one,content-type'));
      for (const name of [/\bx-one\b/i, /\bcontent-type\b/i]) {
        matches('access-control-allow-headers', headers['access-control-allow-headers'], name);
      }
    },
  },
  {
    id: 'H5.served-methods',
    title: 'OPTIONS {path}{key}/id',
    severity: 'recommended',
    expected: 'only methods that are served are named: GET and HEAD',
    needs: 'open origins',
    reference: { does: 'names PUT, PATCH, POST and DELETE too, and answers 404 to them', shows: /PUT/ },
    async run(scene) {
      const { headers } = await scene.asks(`${scene.server.key}/id`, preflight(ORIGIN));
      equals('access-control-allow-methods', headers['access-control-allow-methods']?.split(/\s*,\s*/).sort(), ['GET', 'HEAD']);
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
    needs: 'open origins',
    async run(scene) {
      const { headers } = await scene.asks(path.replace('{key}', scene.server.key), from(STRANGER));
      if (headers[ALLOWED] === '*') return loose('tells * instead of the origin');
      equals(ALLOWED, headers[ALLOWED], STRANGER);
      matches('vary', headers.vary, /\borigin\b/i);
      return undefined;
    },
  })),
  {
    id: 'H6.opaque',
    title: 'GET {path}{key}/id from a page with the opaque origin null',
    severity: 'recommended',
    expected: 'null is echoed',
    needs: 'open origins',
    async run(scene) {
      equals(ALLOWED, await allowedBy(scene, 'null'), 'null');
    },
  },
  {
    id: 'H6.no-origin',
    title: 'GET {path}{key}/id without Origin',
    severity: 'recommended',
    expected: '200, and no origin is named',
    needs: 'open origins',
    async run(scene) {
      const { status, headers } = await scene.asks(`${scene.server.key}/id`);
      equals('the status', status, 200);
      equals(ALLOWED, headers[ALLOWED], undefined);
    },
  },
  {
    id: 'O10.any-origin',
    title: 'a page of any origin opens a socket, where no origins are listed',
    severity: 'required',
    expected: 'OPEN',
    needs: 'open origins',
    async run(scene) {
      await scene.enters('ann', { origin: STRANGER });
    },
  },
  {
    id: 'H6.listed',
    title: 'GET {path}{key}/id from a page of each listed origin',
    severity: 'required',
    expected: 'its origin is echoed, and the answer varies with Origin',
    needs: 'listed origins',
    async run(scene) {
      for (const origin of listedIn(scene)) {
        const { headers } = await scene.asks(`${scene.server.key}/id`, from(origin));
        equals(ALLOWED, headers[ALLOWED], origin);
        matches('vary', headers.vary, /\borigin\b/i);
      }
    },
  },
  ...Object.entries({
    stranger: () => STRANGER,
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
    needs: 'listed origins',
    async run(scene) {
      const origin = almost(listedIn(scene)[0] ?? '');
      return unwelcome(origin, await allowedBy(scene, origin));
    },
  })),
  {
    id: 'H6.listed-404',
    title: 'GET {path}nowhere from a page of a listed origin',
    severity: 'recommended',
    expected: 'the page may read the 404',
    needs: 'listed origins',
    async run(scene) {
      const [listed = ''] = listedIn(scene);
      equals(ALLOWED, (await scene.asks('nowhere', from(listed))).headers[ALLOWED], listed);
    },
  },
  {
    id: 'H5.listed',
    title: 'OPTIONS {path}{key}/id from a page of a listed origin, and from one of another',
    severity: 'required',
    expected: 'the first is echoed, the second is not',
    needs: 'listed origins',
    async run(scene) {
      const [listed = ''] = listedIn(scene);
      const told = async (origin: string): Promise<string | undefined> =>
        (await scene.asks(`${scene.server.key}/id`, preflight(origin))).headers[ALLOWED];
      equals(ALLOWED, await told(listed), listed);
      return unwelcome(STRANGER, await told(STRANGER));
    },
  },
  ...Object.entries({
    listed: (scene: Scene) => listedIn(scene).at(-1),
    'no-origin': () => undefined,
    'own-host': ({ server }: Scene) => `${server.secure ? 'https' : 'http'}://${server.host}:${server.port}`,
  }).map(([name, originIn]): CaseDraft => ({
    id: `O10.${name}`,
    title: `a socket with ${{ listed: 'a listed origin', 'no-origin': 'no origin', 'own-host': "the server's own origin" }[name]}`,
    severity: name === 'own-host' ? 'recommended' : 'required',
    expected: 'OPEN',
    needs: 'listed origins',
    async run(scene) {
      await scene.enters('ann', { origin: originIn(scene) });
    },
  })),
  ...Object.entries({ stranger: STRANGER, opaque: 'null' }).map(([name, origin]): CaseDraft => ({
    id: `O10.refuses-${name}`,
    title: `a page of ${origin}, which is not listed, opens a socket`,
    severity: 'hardening',
    expected: 'refused with 403 before the handshake',
    needs: 'listed origins',
    reference: { does: 'opens the socket: its list covers HTTP only', shows: /expected 403, got 101/ },
    async run(scene) {
      equals('the status', await scene.statusOf({ origin }), 403);
    },
  })),
  {
    id: 'H6.star',
    title: 'GET {path}{key}/id from a page, where * is listed',
    severity: 'recommended',
    expected: 'it is told *',
    needs: 'every origin listed',
    reference: { does: 'takes * of its command line for the name of an origin, and welcomes none', shows: /got nothing/ },
    async run(scene) {
      equals(ALLOWED, await allowedBy(scene, STRANGER), '*');
    },
  },
  {
    id: 'O10.star',
    title: 'a page of any origin opens a socket, where * is listed',
    severity: 'required',
    expected: 'OPEN',
    needs: 'every origin listed',
    async run(scene) {
      await scene.enters('ann', { origin: STRANGER });
    },
  },
]);

function from(origin: string): { headers: Record<string, string> } {
  return { headers: { origin } };
}

function preflight(origin: string, asked?: string): { method: string; headers: Record<string, string> } {
  const headers = { origin, 'access-control-request-method': 'GET' };
  return { method: 'OPTIONS', headers: asked === undefined ? headers : { ...headers, 'access-control-request-headers': asked } };
}

async function allowedBy(scene: Scene, origin: string): Promise<string | undefined> {
  const { headers } = await scene.asks(`${scene.server.key}/id`, from(origin));
  return headers[ALLOWED];
}

/** To name another origin tells a page nothing that it may use, but caches and people are better off without it. */
function unwelcome(origin: string, allowed: string | undefined): Loose | void {
  holds(allowed !== origin && allowed !== '*', `${origin} is welcome`);
  return allowed === undefined ? undefined : loose(`names ${allowed} instead`);
}

function listedIn(scene: Scene): readonly string[] {
  return scene.server.settings.cors ?? [];
}
