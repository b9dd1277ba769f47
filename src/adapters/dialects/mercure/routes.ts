import type { HttpAsk, HttpHead, HttpRoute, ValidToken } from '../../../application/ports/requests.ts';
import type { Page } from '../../../domain/origins.ts';
import type { Clearance } from '../../../domain/topic.ts';
import { refusing, streamHead } from './answers.ts';
import { claimsIn } from './claims.ts';
import { coversAll, selectorsIn } from './selectors.ts';
import { tokenIn, type ShownToken } from './tokens.ts';
import { updateIn } from './update.ts';

/** What is allowed without a token, and how much. */
export interface MercurePolicy {
  /** Everything. */
  readonly isOpen: boolean;
  /** Subscribing to what is public. */
  readonly isAnonymous: boolean;
  readonly maxBodyBytes: number;
  /** T5: of one publication. */
  readonly maxTopics: number;
}

/** One request at the one path of this wire. */
interface Asked {
  readonly head: HttpHead;
  readonly page: Page;
  readonly policy: MercurePolicy;
}

/** MER1 to MER3, MER7. */
export function mercureRoute(policy: MercurePolicy): HttpRoute {
  return {
    methods: ['GET', 'POST'],
    takesCookies: true,
    ask: (head, page) => (head.method === 'POST' ? publishing({ head, page, policy }) : subscribing({ head, page, policy })),
  };
}

function subscribing({ head, page, policy }: Asked): HttpAsk {
  const parameters = new URLSearchParams(head.query);
  const joins = selectorsIn(parameters);
  if (typeof joins === 'string') return refusing(400, joins);
  const [key, since] = [keyIn(head.query), sinceIn(head, parameters)];
  const listening = (clearance?: Clearance, expiresAt?: number): HttpAsk => ({
    ask: 'open-stream',
    introduction: { as: 'guest', key, joins, presence: false, since, clearance, expiresAt },
    head: streamHead,
  });
  if (policy.isOpen) return listening('all');
  const token = tokenIn(head);
  if (token === undefined) {
    return policy.isAnonymous ? listening() : refusing(401, 'A token is needed to subscribe');
  }
  return verifying(token, page, 'subscriber', (valid) => {
    const claims = claimsIn(valid);
    return claims === undefined ? INVALID : listening(claims.subscribe ?? [], valid.expiresAt);
  });
}

function publishing({ head, page, policy }: Asked): HttpAsk {
  if (policy.isOpen) return reading(head, policy, (publish) => publish('all'));
  const token = tokenIn(head);
  if (token === undefined) return refusing(401, 'A token is needed to publish');
  const verify = (then: (clearance: Clearance) => HttpAsk): HttpAsk =>
    verifying(token, page, 'publisher', (valid) => {
      const claims = claimsIn(valid);
      if (claims === undefined) return INVALID;
      return claims.publish === undefined
        ? refusing(403, 'The token does not allow to publish', 'insufficient_scope')
        : then(claims.publish);
    });
  // MER12: it is verified before the body is read, and again when the body is there.
  return verify(() => reading(head, policy, verify));
}

/** @param allowed calls on with what may be published. */
function reading(
  { query }: HttpHead,
  { maxBodyBytes, maxTopics }: MercurePolicy,
  allowed: (then: (clearance: Clearance) => HttpAsk) => HttpAsk,
): HttpAsk {
  const key = keyIn(query);
  const then = (body: Uint8Array): HttpAsk => {
    const draft = updateIn(body, query, maxTopics);
    if (typeof draft === 'string') return refusing(400, `Not published: ${draft}`);
    return allowed((clearance) => {
      const isCovered = clearance === 'all' || coversAll(clearance, draft.topics);
      if (isCovered === true) return { ask: 'publish', key, draft };
      if (isCovered === undefined) return refusing(403, 'The token has too many patterns for so many topics');
      return refusing(403, 'The token does not cover the topic', 'insufficient_scope');
    });
  };
  return { ask: 'read-body', maxBytes: maxBodyBytes, then };
}

const INVALID = refusing(401, 'The token is not valid', 'invalid_token');

function verifying(
  token: ShownToken | 'malformed',
  page: Page,
  as: 'publisher' | 'subscriber',
  then: (valid: ValidToken) => HttpAsk,
): HttpAsk {
  if (token === 'malformed') return refusing(400, 'The Authorization header is not Bearer and one token', 'invalid_request');
  // MER10: a page of any origin can make its visitor's browser ask, cookies included.
  const isForeign = token.isCookie && (page === 'foreign' || (page === 'none' && as === 'publisher'));
  if (isForeign) return refusing(403, COOKIE_OF_STRANGER);
  return { ask: 'verify', token: token.text, as, then: (valid) => (valid === undefined ? INVALID : then(valid)) };
}

const COOKIE_OF_STRANGER =
  'A cookie counts only from a page of an origin that is listed by cors, or of this host by its address or as localhost';

/** MER5: an EventSource that comes back sends the header; the first time, a page can say it in the query only. */
function sinceIn(head: HttpHead, parameters: URLSearchParams): string | undefined {
  const told = [head.header('last-event-id'), ...SINCE.map((name) => parameters.get(name))];
  return told.find((since) => since !== undefined && since !== null && since !== '') ?? undefined;
}

/** The name of 1.0 and 0.14, then those before it. */
const SINCE = ['last_event_id', 'lastEventID', 'last-event-id', 'Last-Event-ID'] as const;

function keyIn(query: string): string | undefined {
  return new URLSearchParams(query).get('key') ?? undefined;
}
