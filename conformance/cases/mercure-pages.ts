import { cases } from '../case.ts';
import { assertEqual, assertMatch } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const UNLISTED_ORIGIN = 'https://unlisted.example';

/** MER8: cross-origin requests of web pages. */
export const MERCURE_PAGE_CASES = cases([
  {
    id: 'MER8.listed',
    title: 'a page of a listed origin subscribes and publishes',
    severity: 'required',
    expected: 'both responses have Access-Control-Allow-Origin with the origin and Access-Control-Allow-Credentials: true',
    setup: 'hub for listed origins',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const headers = { origin: fixture.server.settings.cors?.[0] ?? '' };
      const stream = await hub.openStream('ann', { topic }, { headers });
      const published = await hub.requestPublish({ topic, data: '1' }, { headers });
      for (const answer of [stream, published]) {
        assertEqual('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
        assertEqual('access-control-allow-credentials', answer.headers['access-control-allow-credentials'], 'true');
      }
    },
  },
  {
    id: 'MER8.stranger',
    title: 'a page of an unlisted origin subscribes',
    severity: 'required',
    expected: 'Access-Control-Allow-Origin does not allow the origin',
    setup: 'hub for listed origins',
    async run(fixture) {
      const stream = await new HubClient(fixture).requestStream(
        'ann',
        { topic: uniqueName('topic') },
        { headers: { origin: UNLISTED_ORIGIN } },
      );
      const allowed = stream.headers['access-control-allow-origin'];
      assertEqual('whether the origin is allowed', allowed === UNLISTED_ORIGIN || allowed === '*', false);
    },
  },
  {
    id: 'MER8.refusals',
    title: 'a page of a listed origin subscribes without a topic, and publishes without a token',
    severity: 'recommended',
    expected: '400 and 401 with Access-Control-Allow-Origin, so the page can read the status',
    setup: 'hub for listed origins',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = { origin: fixture.server.settings.cors?.[0] ?? '' };
      const stream = await hub.requestStream('ann', {}, { headers });
      const published = await hub.requestPublish({ topic: uniqueName('topic') }, { headers, token: null });
      assertEqual('the statuses', [stream.status, published.status], [400, 401]);
      for (const answer of [stream, published]) {
        assertEqual('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
      }
    },
  },
  {
    id: 'MER8.preflight',
    title: 'a preflight of a page of a listed origin for POST with an Authorization header',
    severity: 'required',
    expected:
      'a 2xx status with the origin in Access-Control-Allow-Origin, POST in -Allow-Methods and authorization in -Allow-Headers',
    setup: 'hub for listed origins',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = {
        origin: fixture.server.settings.cors?.[0] ?? '',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const answer = await hub.request({ method: 'OPTIONS', headers });
      assertMatch('the status', String(answer.status), /^2\d\d$/);
      assertEqual('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
      assertMatch('access-control-allow-methods', answer.headers['access-control-allow-methods'], /\bPOST\b/);
      assertMatch('access-control-allow-headers', answer.headers['access-control-allow-headers'], /\bauthorization\b/i);
    },
  },
]);
