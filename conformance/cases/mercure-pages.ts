import { cases } from '../case.ts';
import { assertEqual, assertMatch } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName } from '../fixture.ts';

const UNLISTED_ORIGIN = 'https://stranger.example';

/** MER8: pages of other origins. */
export const MERCURE_PAGE_CASES = cases([
  {
    id: 'MER8.listed',
    title: 'a page of a listed origin listens and publishes',
    severity: 'required',
    expected: 'both answers name its origin, and let it send cookies along',
    setup: 'hub for listed origins',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const headers = { origin: scene.server.settings.cors?.[0] ?? '' };
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
    title: 'a page of an origin that is not listed listens',
    severity: 'required',
    expected: 'the answer does not let it read',
    setup: 'hub for listed origins',
    async run(scene) {
      const stream = await new HubClient(scene).requestStream(
        'ann',
        { topic: uniqueName('topic') },
        { headers: { origin: UNLISTED_ORIGIN } },
      );
      const allowed = stream.headers['access-control-allow-origin'];
      assertEqual('whether it may read', allowed === UNLISTED_ORIGIN || allowed === '*', false);
    },
  },
  {
    id: 'MER8.refusals',
    title: 'a page of a listed origin is refused: without a topic, and without a token',
    severity: 'recommended',
    expected: '400 and 401, and the page may read why',
    setup: 'hub for listed origins',
    async run(scene) {
      const hub = new HubClient(scene);
      const headers = { origin: scene.server.settings.cors?.[0] ?? '' };
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
    title: 'a browser asks whether a page of a listed origin may publish with a token',
    severity: 'required',
    expected: 'a status of 2xx that names the origin, POST, and the header authorization',
    setup: 'hub for listed origins',
    async run(scene) {
      const hub = new HubClient(scene);
      const headers = {
        origin: scene.server.settings.cors?.[0] ?? '',
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
