import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { loose, NotTestable, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';

const ORIGIN = 'https://a.example';
const UNLISTED_ORIGIN = 'https://unlisted.example';
const REBOUND_HOST = 'rebound.example';
const ALLOWED = 'access-control-allow-origin';

/** Origins that are not listed, derived from a listed one. */
type Derived = Readonly<Record<string, (listed: string) => string>>;

/** Origins that a careless comparison takes for the listed one. */
const NEAR_MISSES: Derived = {
  'longer-host': (listed) => `${listed}.evil`,
  'other-start': (listed) => listed.replace('//', '//evil-'),
  'sub-domain': (listed) => listed.replace('//', '//evil.'),
  'other-scheme': (listed) => listed.replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https')),
  'any-character': (listed) => listed.replace('.', '-'),
  'other-port': (listed) => `${listed.replace(/:\d+$/, '')}:444`,
};

const STRANGERS: Derived = { stranger: () => UNLISTED_ORIGIN, opaque: () => 'null', ...NEAR_MISSES };

/** H5, H6, O10: cross-origin requests of web pages. */
export const CORS_CASES = cases([
  ...Object.entries({ root: '', id: '{key}/id', peers: '{key}/peers', nowhere: 'nowhere' }).map(([name, path]): CaseDraft => ({
    id: `H5.${name}`,
    title: `OPTIONS {path}${path} with an Origin header (CORS preflight)`,
    severity: 'recommended',
    expected:
      '200 or 204 without a body; Access-Control-Allow-Origin is the origin or *, and Access-Control-Allow-Methods includes GET',
    setup: 'any origin',
    async run(fixture) {
      const { status, headers, body } = await fixture.request(path.replace('{key}', fixture.server.key), preflight(ORIGIN));
      assertEqual('status and body', [status === 200 ? 204 : status, body], [204, '']);
      expectReadable(headers, ORIGIN);
      assertMatch('access-control-allow-methods', headers['access-control-allow-methods'], /\bGET\b/);
    },
  })),
  {
    id: 'H5.asked-headers',
    title: 'OPTIONS {path}{key}/id with Access-Control-Request-Headers: x-one,content-type',
    severity: 'recommended',
    expected: 'Access-Control-Allow-Headers includes both names',
    setup: 'any origin',
    async run(fixture) {
      const { headers } = await fixture.request(`${fixture.server.key}/id`, preflight(ORIGIN, 'x-one,content-type'));
      for (const name of [/\bx-one\b/i, /\bcontent-type\b/i]) {
        assertMatch('access-control-allow-headers', headers['access-control-allow-headers'], name);
      }
    },
  },
  {
    id: 'H5.served-methods',
    title: 'OPTIONS {path}{key}/id with an Origin header',
    severity: 'recommended',
    expected: 'Access-Control-Allow-Methods lists only the methods that the route serves: GET and HEAD',
    setup: 'any origin',
    reference: { behaviour: 'also lists PUT, PATCH, POST and DELETE, but answers them with 404', evidence: /PUT/ },
    async run(fixture) {
      const { headers } = await fixture.request(`${fixture.server.key}/id`, preflight(ORIGIN));
      const listed = headers['access-control-allow-methods']?.split(/\s*,\s*/).filter((method) => method !== 'OPTIONS');
      assertEqual('access-control-allow-methods', listed?.sort(), ['GET', 'HEAD']);
    },
  },
  ...(
    [
      ['200', '', 'recommended'],
      ['id', '{key}/id', 'required'],
      ['peers', '{key}/peers', 'recommended'],
      ['404', 'nowhere', 'recommended'],
      ['405', '{key}/id', 'recommended'],
      ['426', 'peerjs', 'recommended'],
    ] as const
  ).map(([name, path, severity]): CaseDraft => ({
    id: `H6.echoed-${name}`,
    title: `${name === '405' ? 'DELETE' : 'GET'} {path}${path} with an Origin header, on a server without an origin list`,
    severity,
    expected:
      'Access-Control-Allow-Origin is * or the origin, with Vary: Origin, for every status; otherwise a web page cannot read the response',
    setup: 'any origin',
    async run(fixture) {
      const method = name === '405' ? 'DELETE' : 'GET';
      const target = path.replace('{key}', fixture.server.key);
      const { headers } = await fixture.request(target, { method, ...withOrigin(UNLISTED_ORIGIN) });
      expectReadable(headers, UNLISTED_ORIGIN);
    },
  })),
  {
    id: 'H6.opaque',
    title: 'GET {path}{key}/id with Origin: null (sandboxed frame or local file)',
    severity: 'recommended',
    expected: 'Access-Control-Allow-Origin is null or *',
    setup: 'any origin',
    async run(fixture) {
      assertMatch(ALLOWED, await allowedOrigin(fixture, 'null'), /^(null|\*)$/);
    },
  },
  {
    id: 'H6.no-origin',
    title: 'GET {path}{key}/id without an Origin header',
    severity: 'recommended',
    expected: '200; Access-Control-Allow-Origin, if there is one, is *',
    setup: 'any origin',
    async run(fixture) {
      const { status, headers } = await fixture.request(`${fixture.server.key}/id`);
      assertEqual('the status', status, 200);
      assertMatch(ALLOWED, headers[ALLOWED] ?? '*', /^\*$/);
    },
  },
  {
    id: 'O10.any-origin',
    title: 'a handshake with an arbitrary Origin, on a server without an origin list',
    severity: 'required',
    expected: 'OPEN',
    setup: 'any origin',
    async run(fixture) {
      await fixture.connect('ann', { origin: UNLISTED_ORIGIN });
    },
  },
  {
    id: 'H6.listed',
    title: 'GET {path}{key}/id with each of the listed origins',
    severity: 'required',
    expected: 'Access-Control-Allow-Origin echoes the origin, and Vary includes Origin',
    setup: 'listed origins',
    async run(fixture) {
      for (const origin of listedOrigins(fixture)) {
        const { headers } = await fixture.request(`${fixture.server.key}/id`, withOrigin(origin));
        assertEqual(ALLOWED, headers[ALLOWED], origin);
        assertMatch('vary', headers.vary, /\borigin\b/i);
      }
    },
  },
  ...Object.entries({
    ...{ stranger: () => UNLISTED_ORIGIN, ...NEAR_MISSES },
    capitals: (listed: string) => listed.replace(/\/\/.*/, (host) => host.toUpperCase()),
    slash: (listed: string) => `${listed}/`,
    opaque: () => 'null',
  }).map(([name, almost]): CaseDraft => ({
    id: `H6.not-listed-${name}`,
    title: `GET {path}{key}/id with Origin: ${almost(ORIGIN)}, where only ${ORIGIN} is listed`,
    severity: 'hardening',
    expected: 'no Access-Control-Allow-Origin, so the page cannot read the response',
    setup: 'listed origins',
    async run(fixture) {
      const origin = almost(listedOrigins(fixture)[0] ?? '');
      return expectNotAllowed(origin, await allowedOrigin(fixture, origin));
    },
  })),
  {
    id: 'H6.listed-404',
    title: 'GET {path}nowhere with a listed origin',
    severity: 'recommended',
    expected: '404 with Access-Control-Allow-Origin, so the page can read the status',
    setup: 'listed origins',
    async run(fixture) {
      const [listed = ''] = listedOrigins(fixture);
      assertEqual(ALLOWED, (await fixture.request('nowhere', withOrigin(listed))).headers[ALLOWED], listed);
    },
  },
  {
    id: 'H5.listed',
    title: 'OPTIONS {path}{key}/id with a listed origin, then with an unlisted one',
    severity: 'required',
    expected: 'Access-Control-Allow-Origin echoes only the listed origin',
    setup: 'listed origins',
    async run(fixture) {
      const [listed = ''] = listedOrigins(fixture);
      const allowed = async (origin: string): Promise<string | undefined> =>
        (await fixture.request(`${fixture.server.key}/id`, preflight(origin))).headers[ALLOWED];
      assertEqual(ALLOWED, await allowed(listed), listed);
      return expectNotAllowed(UNLISTED_ORIGIN, await allowed(UNLISTED_ORIGIN));
    },
  },
  ...Object.entries({
    listed: (fixture: Fixture) => listedOrigins(fixture).at(-1),
    'no-origin': () => undefined,
    'own-host': ownOrigin,
  }).map(([name, originIn]): CaseDraft => ({
    id: `O10.${name}`,
    title: `a handshake with ${{ listed: 'a listed origin', 'no-origin': 'no Origin header', 'own-host': "the origin of the server's own IP address or localhost" }[name]}, on a server with an origin list`,
    severity: name === 'own-host' ? 'recommended' : 'required',
    expected: 'OPEN',
    setup: 'listed origins',
    async run(fixture) {
      await fixture.connect('ann', { origin: originIn(fixture) });
    },
  })),
  ...Object.entries(STRANGERS).map(([name, almost]): CaseDraft => ({
    id: `O10.refuses-${name}`,
    title: `a handshake with Origin: ${almost(ORIGIN)}, which is not listed`,
    severity: 'hardening',
    expected: 'the handshake is refused with 403',
    setup: 'listed origins',
    reference: {
      behaviour: 'accepts the handshake, because its origin list covers HTTP only',
      evidence: /expected 403, got 101/,
    },
    async run(fixture) {
      const origin = almost(listedOrigins(fixture)[0] ?? '');
      assertEqual('the status', await fixture.handshakeStatus({ origin }), 403);
    },
  })),
  {
    id: 'O10.refuses-rebound',
    title: `a handshake with Host: ${REBOUND_HOST} and the origin of that host, which is not listed (DNS rebinding)`,
    severity: 'hardening',
    expected: 'the handshake is refused with 403, because the owner of a page can point its name at the server',
    setup: 'listed origins',
    reference: {
      behaviour: 'accepts the handshake, because its origin list covers HTTP only',
      evidence: /expected 403, got 101/,
    },
    async run(fixture) {
      const origin = `${fixture.server.secure ? 'https' : 'http'}://${REBOUND_HOST}`;
      const status = await fixture.handshakeStatus({ origin, host: REBOUND_HOST });
      // A proxy may refuse an unknown host before the server does.
      if (status === 404 || status === 421) return loose(`answers ${status}`);
      assertEqual('the status', status, 403);
      return undefined;
    },
  },
  {
    id: 'H6.star',
    title: 'GET {path}{key}/id with an Origin header, where * is listed',
    severity: 'recommended',
    expected: 'Access-Control-Allow-Origin: *',
    setup: 'wildcard origin',
    reference: { behaviour: 'treats * as the name of an origin, and allows none', evidence: /got nothing/ },
    async run(fixture) {
      assertEqual(ALLOWED, await allowedOrigin(fixture, UNLISTED_ORIGIN), '*');
    },
  },
  {
    id: 'O10.star',
    title: 'a handshake with an arbitrary Origin, where * is listed',
    severity: 'required',
    expected: 'OPEN',
    setup: 'wildcard origin',
    async run(fixture) {
      await fixture.connect('ann', { origin: UNLISTED_ORIGIN });
    },
  },
]);

function withOrigin(origin: string): { headers: Record<string, string> } {
  return { headers: { origin } };
}

function preflight(origin: string, requestedHeaders?: string): { method: string; headers: Record<string, string> } {
  const headers = { origin, 'access-control-request-method': 'GET' };
  return {
    method: 'OPTIONS',
    headers: requestedHeaders === undefined ? headers : { ...headers, 'access-control-request-headers': requestedHeaders },
  };
}

/** `*` is right as well: the PeerJS client sends no credentials. An echoed origin must not be cached for others. */
function expectReadable(headers: IncomingHttpHeaders, origin: string): void {
  if (headers[ALLOWED] === '*') return;
  assertEqual(ALLOWED, headers[ALLOWED], origin);
  assertMatch('vary', headers.vary, /\borigin\b/i);
}

async function allowedOrigin(fixture: Fixture, origin: string): Promise<string | undefined> {
  const { headers } = await fixture.request(`${fixture.server.key}/id`, withOrigin(origin));
  return headers[ALLOWED];
}

/** Allowing another origin does not help the page, but it misleads caches and developers. */
function expectNotAllowed(origin: string, allowed: string | undefined): Loose | void {
  assertThat(allowed !== origin && allowed !== '*', `the server allows ${origin}`);
  return allowed === undefined ? undefined : loose(`sends Access-Control-Allow-Origin: ${allowed}`);
}

/** @throws NotTestable at a host name, because a list of origins need not trust `Host` */
function ownOrigin({ server: { secure, host, port } }: Fixture): string {
  if (isIP(host) === 0 && host !== 'localhost') throw new NotTestable('requires --url with an IP address or localhost');
  return new URL(`${secure ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`).origin;
}

function listedOrigins(fixture: Fixture): readonly string[] {
  return fixture.server.settings.cors ?? [];
}
