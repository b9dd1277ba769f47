import { cases } from '../case.ts';
import { equals, matches } from '../claims.ts';
import { Hub } from '../hub.ts';
import { fresh } from '../scene.ts';

const STRANGER = 'https://stranger.example';

/** MER8: pages of other origins. */
export const MERCURE_PAGE_CASES = cases([
  {
    id: 'MER8.listed',
    title: 'a page of a listed origin listens and publishes',
    severity: 'required',
    expected: 'both answers name its origin, and let it send cookies along',
    needs: 'hub for listed origins',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const headers = { origin: scene.server.settings.cors?.[0] ?? '' };
      const stream = await hub.listens('ann', { topic }, { headers });
      const published = await hub.asksToPublish({ topic, data: '1' }, { headers });
      for (const answer of [stream, published]) {
        equals('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
        equals('access-control-allow-credentials', answer.headers['access-control-allow-credentials'], 'true');
      }
    },
  },
  {
    id: 'MER8.stranger',
    title: 'a page of an origin that is not listed listens',
    severity: 'required',
    expected: 'the answer does not let it read',
    needs: 'hub for listed origins',
    async run(scene) {
      const stream = await new Hub(scene).asksToListen('ann', { topic: fresh('topic') }, { headers: { origin: STRANGER } });
      const allowed = stream.headers['access-control-allow-origin'];
      equals('whether it may read', allowed === STRANGER || allowed === '*', false);
    },
  },
  {
    id: 'MER8.refusals',
    title: 'a page of a listed origin is refused: without a topic, and without a token',
    severity: 'recommended',
    expected: '400 and 401, and the page may read why',
    needs: 'hub for listed origins',
    async run(scene) {
      const hub = new Hub(scene);
      const headers = { origin: scene.server.settings.cors?.[0] ?? '' };
      const stream = await hub.asksToListen('ann', {}, { headers });
      const published = await hub.asksToPublish({ topic: fresh('topic') }, { headers, token: null });
      equals('the statuses', [stream.status, published.status], [400, 401]);
      for (const answer of [stream, published]) {
        equals('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
      }
    },
  },
  {
    id: 'MER8.preflight',
    title: 'a browser asks whether a page of a listed origin may publish with a token',
    severity: 'required',
    expected: 'a status of 2xx that names the origin, POST, and the header authorization',
    needs: 'hub for listed origins',
    async run(scene) {
      const hub = new Hub(scene);
      const headers = {
        origin: scene.server.settings.cors?.[0] ?? '',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const answer = await hub.asks({ method: 'OPTIONS', headers });
      matches('the status', String(answer.status), /^2\d\d$/);
      equals('access-control-allow-origin', answer.headers['access-control-allow-origin'], headers.origin);
      matches('access-control-allow-methods', answer.headers['access-control-allow-methods'], /\bPOST\b/);
      matches('access-control-allow-headers', answer.headers['access-control-allow-headers'], /\bauthorization\b/i);
    },
  },
]);
