import type { HttpAsk, HttpHead, HttpRoute, ValidToken } from '../../../application/ports/requests.ts';
import type { Selector } from '../../../domain/topic.ts';
import { refusing, streamHead } from './answers.ts';
import { claimsIn } from './claims.ts';
import { coverage, selectorOf, urlPatternSelector } from './selectors.ts';
import { tokenIn, type ShownToken } from './tokens.ts';
import { updateIn } from './update.ts';

/** Who may do what without a token, and how much. */
export interface MercurePolicy {
  /** Everything. */
  readonly isOpen: boolean;
  /** Subscribing to what is public. */
  readonly isAnonymous: boolean;
  /** Origins whose pages may publish with their visitors' cookies. */
  readonly origins: readonly (string | RegExp)[];
  readonly maxBodyBytes: number;
}

/** Whether somebody may see or say something about a topic. */
type Coverage = (topic: string) => boolean;

const ALL: Coverage = () => true;

/** MER1 to MER3, MER7: what is asked for at the one path of this wire. */
export function mercureRoute(policy: MercurePolicy): HttpRoute {
  return {
    methods: ['GET', 'POST'],
    takesCookies: true,
    ask: (head) => (head.method === 'GET' ? subscribing(head, policy) : publishing(head, policy)),
  };
}

function subscribing(head: HttpHead, policy: MercurePolicy): HttpAsk {
  const joins = selectorsIn(head.query);
  if (typeof joins === 'string') return refusing(400, joins);
  const token = tokenIn(head);
  const listening = (isCleared?: Coverage): HttpAsk => ({
    ask: 'open-stream',
    introduction: { as: 'guest', key: keyIn(head), joins, presence: false, since: sinceIn(head), isCleared },
    head: streamHead,
  });
  if (policy.isOpen) return listening(ALL);
  if (token === undefined) {
    return policy.isAnonymous ? listening() : refusing(401, 'A token is needed to subscribe');
  }
  const then = (valid?: ValidToken): HttpAsk => {
    if (valid === undefined) return refusing(401, 'The token is not valid');
    return listening(coverage(claimsIn(valid.claims).subscribe ?? []));
  };
  return { ask: 'verify', token: token.text, as: 'subscriber', then };
}

function publishing(head: HttpHead, policy: MercurePolicy): HttpAsk {
  if (policy.isOpen) return reading(head, policy, ALL);
  const token = tokenIn(head);
  if (token === undefined) return refusing(401, 'A token is needed to publish');
  if (isForeign(token, head, policy)) return refusing(403, 'A cookie counts only from a page of this host or of a listed origin');
  const then = (valid?: ValidToken): HttpAsk => {
    if (valid === undefined) return refusing(401, 'The token is not valid');
    const { publish } = claimsIn(valid.claims);
    return publish === undefined
      ? refusing(403, 'The token does not allow to publish')
      : reading(head, policy, coverage(publish));
  };
  return { ask: 'verify', token: token.text, as: 'publisher', then };
}

/** @param covers all names of a publication. */
function reading(head: HttpHead, { maxBodyBytes }: MercurePolicy, covers: Coverage): HttpAsk {
  const { query } = head;
  const key = keyIn(head);
  const then = (body: Uint8Array): HttpAsk => {
    const draft = updateIn(body, query);
    if (typeof draft === 'string') return refusing(400, `Not published: ${draft}`);
    if (!draft.topics.every(covers)) return refusing(403, 'The token does not cover the topic');
    return { ask: 'publish', key, draft };
  };
  return { ask: 'read-body', maxBytes: maxBodyBytes, then };
}

/** MER2, MER6. @returns what is wrong, where something is. */
function selectorsIn(query: string): Selector[] | string {
  const parameters = new URLSearchParams(query);
  const selectors: Selector[] = [
    ...parameters.getAll('topic').map(selectorOf),
    ...parameters.getAll('match').map((topic) => ({ topic })),
  ];
  for (const text of parameters.getAll('match_urlpattern')) {
    const selector = urlPatternSelector(text);
    if (selector === undefined) {
      return 'A match_urlpattern is no URL pattern, has regular expressions, or more than two wildcards';
    }
    selectors.push(selector);
  }
  return selectors.length === 0 ? 'Say which topics you mean: ?topic=…' : selectors;
}

/** MER5: an EventSource that comes back sends the header; the first time, a page can say it in the query only. */
function sinceIn(head: HttpHead): string | undefined {
  const parameters = new URLSearchParams(head.query);
  return (
    head.header('last-event-id') ??
    parameters.get('lastEventID') ??
    parameters.get('last-event-id') ??
    parameters.get('Last-Event-ID') ??
    undefined
  );
}

function keyIn({ query }: HttpHead): string | undefined {
  return new URLSearchParams(query).get('key') ?? undefined;
}

/** MER7: a page of anybody can make its visitor's browser post, cookies included. */
function isForeign({ isCookie }: ShownToken, head: HttpHead, { origins }: MercurePolicy): boolean {
  if (!isCookie) return false;
  const origin = head.header('origin');
  const host = head.header('host');
  const isListed = origins.some((one) => (typeof one === 'string' ? one === origin : one.test(origin ?? '')));
  return origin === undefined || !(isListed || (host !== undefined && origin.endsWith(`://${host}`)));
}
