import type { HttpAction, HttpHead, HttpRoute, ValidToken } from '../../../application/ports/requests.ts';
import type { Page } from '../../../domain/origins.ts';
import type { Clearance } from '../../../domain/topic.ts';
import { reject, streamHead } from './responses.ts';
import { readClaims } from './claims.ts';
import { coversAll, readSelectors } from './selectors.ts';
import { readToken, type RequestToken } from './tokens.ts';
import { parseUpdate, UPDATE_FAULTS } from './update.ts';

/** Access without a token, and the limits of a publication. */
export interface MercurePolicy {
  /** True: publish and subscribe need no token. */
  readonly isOpen: boolean;
  /** True: public updates need no token. */
  readonly isAnonymous: boolean;
  readonly maxBodyBytes: number;
  /** T5: topics of one publication. */
  readonly maxTopics: number;
}

/** One request to the endpoint. */
interface EndpointRequest {
  readonly head: HttpHead;
  readonly page: Page;
  readonly policy: MercurePolicy;
}

/** MER1 to MER3, MER7. */
export function mercureRoute(policy: MercurePolicy): HttpRoute {
  return {
    methods: ['GET', 'POST'],
    takesCookies: true,
    handle: (head, page) =>
      head.method === 'POST' ? publishRequest({ head, page, policy }) : subscribeRequest({ head, page, policy }),
  };
}

function subscribeRequest({ head, page, policy }: EndpointRequest): HttpAction {
  const parameters = new URLSearchParams(head.query);
  const selectors = readSelectors(parameters);
  if (typeof selectors === 'string') return reject(400, selectors);
  const [key, since] = [readKey(head.query), readSince(head, parameters)];
  const openStream = (clearance?: Clearance, expiresAt?: number): HttpAction => ({
    action: 'open-stream',
    connectRequest: { as: 'guest', isAuthorized: true, key, selectors, presence: false, since, clearance, expiresAt },
    head: streamHead,
  });
  if (policy.isOpen) return openStream('all');
  const token = readToken(head);
  if (token === undefined) {
    return policy.isAnonymous ? openStream() : reject(401, 'A token is required to subscribe');
  }
  return verifyToken(token, page, 'subscriber', (valid) => {
    const claims = readClaims(valid);
    return claims === undefined ? INVALID : openStream(claims.subscribe ?? [], valid.expiresAt);
  });
}

function publishRequest({ head, page, policy }: EndpointRequest): HttpAction {
  if (policy.isOpen) return readUpdate(head, policy, (publish) => publish('all'));
  const token = readToken(head);
  if (token === undefined) return reject(401, 'A token is required to publish');
  const verify = (then: (clearance: Clearance) => HttpAction): HttpAction =>
    verifyToken(token, page, 'publisher', (valid) => {
      const claims = readClaims(valid);
      if (claims === undefined) return INVALID;
      return claims.publish === undefined
        ? reject(403, 'The token does not allow publishing', 'insufficient_scope')
        : then(claims.publish);
    });
  // MER12: the token is verified before the body is read, and again after it.
  return verify(() => readUpdate(head, policy, verify));
}

/** @param allowed verifies the token and continues with its clearance. */
function readUpdate(
  { query }: HttpHead,
  { maxBodyBytes, maxTopics }: MercurePolicy,
  allowed: (then: (clearance: Clearance) => HttpAction) => HttpAction,
): HttpAction {
  const key = readKey(query);
  const then = (body: Uint8Array): HttpAction => {
    const draft = parseUpdate(body, query, maxTopics);
    if (typeof draft === 'string') return reject(400, `Not published: ${UPDATE_FAULTS[draft]}`);
    return allowed((clearance) => {
      const isCovered = clearance === 'all' || coversAll(clearance, draft.topics);
      if (isCovered === true) return { action: 'publish', key, draft };
      if (isCovered === undefined) return reject(403, 'The token has too many patterns for the number of topics');
      return reject(403, 'The token does not cover the topic', 'insufficient_scope');
    });
  };
  return { action: 'read-body', maxBytes: maxBodyBytes, then };
}

const INVALID = reject(401, 'The token is not valid', 'invalid_token');

function verifyToken(
  token: RequestToken | 'malformed',
  page: Page,
  as: 'publisher' | 'subscriber',
  then: (valid: ValidToken) => HttpAction,
): HttpAction {
  if (token === 'malformed') return reject(400, 'The Authorization header must be Bearer and one token', 'invalid_request');
  // MER10: a page of any origin can make a browser send a request with cookies.
  const isForeign = token.isCookie && (page === 'foreign' || (page === 'none' && as === 'publisher'));
  if (isForeign) return reject(403, FOREIGN_COOKIE);
  return { action: 'verify-token', token: token.text, as, then: (valid) => (valid === undefined ? INVALID : then(valid)) };
}

const FOREIGN_COOKIE =
  'A cookie is accepted only from a page of an origin listed in cors, or of this host by its IP address or as localhost';

/** MER5: an EventSource sends the header when it reconnects. For the first request, a page can only use the query. */
function readSince(head: HttpHead, parameters: URLSearchParams): string | undefined {
  const candidates = [head.header('last-event-id'), ...SINCE.map((name) => parameters.get(name))];
  return candidates.find((since) => since !== undefined && since !== null && since !== '') ?? undefined;
}

/** The name of 1.0 and 0.14, then the older names. */
const SINCE = ['last_event_id', 'lastEventID', 'last-event-id', 'Last-Event-ID'] as const;

function readKey(query: string): string | undefined {
  return new URLSearchParams(query).get('key') ?? undefined;
}
