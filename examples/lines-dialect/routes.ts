import type { HttpAction, HttpHead, HttpRoute } from '../../src/application/ports/requests.ts';

const MAX_TEXT_BYTES = 1024;
const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;
const HELP = 'Name at least one topic: ?topic=a&topic=b\n';

/** `GET ?topic=a` opens a stream of publications; `POST ?topic=a` publishes its body. */
export function routesAt(): HttpRoute {
  return { methods: ['GET', 'POST'], handle: (head) => (head.method === 'GET' ? listening(head) : publishing(head)) };
}

export function keyIn(query: string): string | undefined {
  return new URLSearchParams(query).get('key') ?? undefined;
}

function listening({ query }: HttpHead): HttpAction {
  const topics = new URLSearchParams(query).getAll('topic');
  if (topics.length === 0) return { action: 'respond', response: { status: 400, headers: [PLAIN], body: HELP } };
  const selectors = topics.map((topic) => ({ topic }));
  return {
    action: 'open-stream',
    connectRequest: { as: 'guest', key: keyIn(query), selectors, presence: false },
    head: () => ({ status: 200, headers: [PLAIN, ['cache-control', 'no-store']] }),
  };
}

function publishing({ query }: HttpHead): HttpAction {
  const topics = new URLSearchParams(query).getAll('topic');
  const publish = (payload: Uint8Array): HttpAction => ({ action: 'publish', key: keyIn(query), draft: { topics, payload } });
  return { action: 'read-body', maxBytes: MAX_TEXT_BYTES, then: publish };
}
