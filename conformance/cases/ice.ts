import { cases } from '../case.ts';
import { assertEqual, assertMatch, assertThat } from '../assertions.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { Dangerous, loose, NotTestable } from '../outcomes.ts';
import { createClientToken } from '../token.ts';
import { tokenOf } from './access-refusals.ts';
import { askForIce, readIce } from './ice-answers.ts';

const UNLISTED_ORIGIN = 'https://unlisted.example';
const NO_PEER = 'No open peer of this broker has this id and token';
const HTTP_TOO_MANY_REQUESTS = 429;

/** I1 to I6: the clients that receive ICE servers. */
export const ICE_CASES = cases([
  {
    id: 'I1.none',
    title: 'GET {path}{key}/ice, on a server without ICE servers',
    severity: 'recommended',
    expected: '404',
    setup: 'no ICE servers',
    async run(fixture) {
      assertEqual('the status', (await askForIce(fixture, {})).status, 404);
    },
  },
  {
    id: 'I2.list',
    title: 'Ann connects; GET {path}{key}/ice with her id and token',
    severity: 'required',
    expected: '200, and an iceServers list with the configured URLs, which RTCPeerConnection accepts',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const response = await askForIce(fixture, ann);
      const { servers } = readIce(response);
      assertMatch('the content type', response.headers['content-type'], /^application\/json/);
      const { stun = [], turn = [] } = fixture.server.settings;
      assertEqual('the URLs', servers.flatMap(({ urls }) => urls).sort(), [...stun, ...turn].sort());
    },
  },
  {
    id: 'I2.bearer',
    title: 'Ann connects; GET {path}{key}/ice?id= with her token in Authorization',
    severity: 'recommended',
    expected: '200: tokens in headers are not logged by proxies',
    setup: 'TURN servers',
    async run(fixture) {
      const { id, token } = await fixture.connect('ann');
      readIce(await askForIce(fixture, { id, headers: { authorization: `Bearer ${token}` } }));
    },
  },
  {
    id: 'I2.lifetime',
    title: 'Ann connects; GET {path}{key}/ice with her id and token',
    severity: 'recommended',
    expected: 'ttl is the number of seconds until expires, and refresh is earlier',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const { ttl, refresh, expires } = readIce(await askForIce(fixture, ann)).whole;
      assertThat(typeof ttl === 'number' && ttl > 0, 'ttl should be a number of seconds');
      assertThat(typeof refresh === 'number' && refresh > 0 && refresh < ttl, 'refresh should be earlier than ttl');
      const left = (Date.parse(String(expires)) - Date.now()) / 1_000;
      assertThat(Math.abs(left - ttl) <= 5, `expires should be in ${ttl} s, but is in ${Math.round(left)} s`);
    },
  },
  {
    id: 'I3.stranger',
    title: 'GET {path}{key}/ice without id and token, then with those of no peer',
    severity: 'hardening',
    expected: `401, and no credentials: "${NO_PEER}"`,
    setup: 'TURN servers',
    async run(fixture) {
      await expectNone(fixture, {});
      const text = await expectNone(fixture, { id: uniqueName('nobody'), token: uniqueName('token') });
      return text === NO_PEER ? undefined : loose(`sends the text ${JSON.stringify(text.slice(0, 100))}`);
    },
  },
  {
    id: 'I3.other-token',
    title: 'Ann connects; GET {path}{key}/ice with her id and another token, then with the first half of hers',
    severity: 'hardening',
    expected: '401, and no credentials: ids are no secret',
    setup: 'TURN servers',
    async run(fixture) {
      const { id, token } = await fixture.connect('ann');
      await expectNone(fixture, { id, token: uniqueName('token') });
      await expectNone(fixture, { id, token: token.slice(0, token.length / 2) });
      await expectNone(fixture, { id });
    },
  },
  {
    id: 'I3.left',
    title: 'Ann connects and leaves; GET {path}{key}/ice with her id and token',
    severity: 'hardening',
    expected: '401, and no credentials',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.close();
      await expectNone(fixture, { id: ann.id, token: ann.token });
    },
  },
  {
    id: 'I3.unknown-key',
    title: 'Ann connects; GET {path}unknown/ice with her id and token',
    severity: 'hardening',
    expected: '401, and no credentials',
    setup: 'TURN servers',
    async run(fixture) {
      const { id, token } = await fixture.connect('ann');
      const text = await expectNone(fixture, { id, token, key: 'unknown' });
      return text === 'Invalid key provided' ? undefined : loose(`sends the text ${JSON.stringify(text.slice(0, 100))}`);
    },
  },
  {
    id: 'I3.token-of-a-user',
    title: 'GET {path}{key}/ice with a valid token and no open peer, on a server that requires authentication',
    severity: 'required',
    expected: '200: a page requests ICE servers before it connects',
    setup: 'required authentication and TURN',
    async run(fixture) {
      readIce(await askForIce(fixture, { token: tokenOf(fixture, { sub: 'ann' }) }));
    },
  },
  {
    id: 'I3.invalid-token',
    title: 'GET {path}{key}/ice with a token of another secret, on a server that requires authentication',
    severity: 'hardening',
    expected: '401, and no credentials',
    setup: 'required authentication and TURN',
    async run(fixture) {
      await expectNone(fixture, { token: createClientToken('another secret', { sub: 'ann' }) });
    },
  },
  {
    id: 'I3.excluded',
    title: 'GET {path}{key}/ice with a token whose claim signalbox.ice is false',
    severity: 'hardening',
    expected: '403, and no credentials',
    setup: 'required authentication and TURN',
    async run(fixture) {
      await expectNone(fixture, { token: tokenOf(fixture, { sub: 'ann', signalbox: { ice: false } }) }, 403);
    },
  },
  {
    id: 'I4.everybody',
    title: 'GET {path}{key}/ice without id and token, then with an unknown key, on a server with ICE servers for everybody',
    severity: 'required',
    expected: '200, then 401',
    setup: 'fixed TURN credentials for everybody',
    async run(fixture) {
      readIce(await askForIce(fixture, {}));
      await expectNone(fixture, { key: 'unknown' });
    },
  },
  {
    id: 'I5.listed',
    title: 'Ann connects; a page of a listed origin requests ICE servers, after a preflight',
    severity: 'required',
    expected: '200, and Access-Control-Allow-Origin is the origin; otherwise the page cannot read the list',
    setup: 'TURN servers',
    async run(fixture) {
      const [origin, ann] = [listedOrigin(fixture), await fixture.connect('ann')];
      const response = await askForIce(fixture, { id: ann.id, token: ann.token, headers: { origin } });
      readIce(response);
      assertEqual('access-control-allow-origin', response.headers['access-control-allow-origin'], origin);
      const preflight = { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };
      const { status, headers } = await fixture.request(`${fixture.server.key}/ice`, { method: 'OPTIONS', headers: preflight });
      assertThat(status === 200 || status === 204, `the preflight was answered with ${status}`);
      assertMatch('access-control-allow-headers', headers['access-control-allow-headers'], /\bauthorization\b/i);
    },
  },
  {
    id: 'I5.not-listed',
    title: 'Ann connects; a page of an unlisted origin requests ICE servers with her id and token',
    severity: 'hardening',
    expected: '403, and no credentials',
    setup: 'TURN servers',
    async run(fixture) {
      listedOrigin(fixture);
      const { id, token } = await fixture.connect('ann');
      await expectNone(fixture, { id, token, headers: { origin: UNLISTED_ORIGIN } }, 403);
    },
  },
  {
    id: 'I6.no-store',
    title: 'Ann connects; GET {path}{key}/ice with her id and token, then without',
    severity: 'hardening',
    expected: 'Cache-Control: no-store on the list: a cache would give the credentials of Ann to other clients',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      assertMatch('cache-control', (await askForIce(fixture, ann)).headers['cache-control'], /\bno-store\b/);
    },
  },
  {
    id: 'I6.limit',
    title: 'more requests for ICE servers than a client address may send in a minute',
    severity: 'hardening',
    expected: '429 with Retry-After: credentials cost money',
    setup: 'low ICE rate limit',
    pace: 'alone',
    async run(fixture) {
      const limit = fixture.setting('ice_rate_limit');
      for (let n = 0; n < limit; n++) await askForIce(fixture, {});
      const { status, headers } = await askForIce(fixture, {});
      assertEqual('the status after the limit', status, HTTP_TOO_MANY_REQUESTS);
      assertMatch('retry-after', headers['retry-after'], /^\d+$/);
    },
  },
]);

/** @returns the body. @throws Dangerous if the response has a list; Failed for another status */
async function expectNone(fixture: Fixture, asker: Parameters<typeof askForIce>[1], status = 401): Promise<string> {
  const response = await askForIce(fixture, asker);
  if (/iceServers|"credential"/.test(response.body)) throw new Dangerous('a client without the right receives TURN credentials');
  assertEqual('the status', response.status, status);
  return response.body;
}

/** @throws NotTestable */
function listedOrigin({ server }: Fixture): string {
  const [origin] = server.settings.cors ?? [];
  if (origin !== undefined && origin !== '*') return origin;
  throw new NotTestable('requires a list of allowed origins; configure it, then pass --cors');
}
