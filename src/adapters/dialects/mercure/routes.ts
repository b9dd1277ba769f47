import type { TokenUse } from '../../../application/ports/authenticator.ts';
import type { BackendCheck, HttpAction, HttpHead, HttpRoute, ValidToken } from '../../../application/ports/requests.ts';
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
  /** A9: whether this text is a token that is verified here. A backend decides about any other client. */
  readonly isOwnToken: (token: string, use: TokenUse) => boolean;
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
  const openStream = (backendCheck: BackendCheck, clearance?: Clearance, expiresAt?: number): HttpAction => ({
    action: 'open-stream',
    connectRequest: {
      ...{ as: 'guest', isAuthorized: true, key, selectors, presence: false, since, clearance, expiresAt, backendCheck },
    },
    head: streamHead,
  });
  const token = readToken(head);
  const text = textOf(token);
  const unverified = { token: text, isVerified: false };
  const askElse = (otherwise: HttpAction): HttpAction => askBackend(openStream(unverified, 'all'), otherwise, token, page);
  if (policy.isOpen) return askElse(openStream(unverified, 'all'));
  if (token === undefined) {
    return askElse(policy.isAnonymous ? openStream(unverified) : reject(401, 'A token is required to subscribe'));
  }
  const own = verifyToken(token, page, 'subscriber', (valid) => {
    const claims = readClaims(valid);
    const check = { token: text, isVerified: true };
    return claims === undefined ? INVALID : openStream(check, claims.subscribe ?? [], valid.expiresAt);
  });
  return text === undefined || policy.isOwnToken(text, 'subscriber') ? own : askElse(own);
}

function publishRequest({ head, page, policy }: EndpointRequest): HttpAction {
  const token = readToken(head);
  const text = textOf(token);
  const unverified = { token: text, isVerified: false };
  const unlimited = readUpdate({ head, policy, backendCheck: unverified }, (publish) => publish('all'));
  if (policy.isOpen) return askBackend(unlimited, unlimited, token, page);
  if (token === undefined) return askBackend(unlimited, reject(401, 'A token is required to publish'), token, page);
  const verify = (then: (clearance: Clearance) => HttpAction): HttpAction =>
    verifyToken(token, page, 'publisher', (valid) => {
      const claims = readClaims(valid);
      if (claims === undefined) return INVALID;
      return claims.publish === undefined
        ? reject(403, 'The token does not allow publishing', 'insufficient_scope')
        : then(claims.publish);
    });
  // MER12: the token is verified before the body is read, and again after it.
  const own = verify(() => readUpdate({ head, policy, backendCheck: { token: text, isVerified: true } }, verify));
  return text === undefined || policy.isOwnToken(text, 'publisher') ? own : askBackend(unlimited, own, token, page);
}

function textOf(token: RequestToken | 'malformed' | undefined): string | undefined {
  return token === 'malformed' ? undefined : token?.text;
}

/** A9, MER10: the backend gets no cookie of a foreign page, and the action without a backend refuses it. */
function askBackend(
  granted: HttpAction,
  otherwise: HttpAction,
  token: RequestToken | 'malformed' | undefined,
  page: Page,
): HttpAction {
  const isForeign = token !== undefined && token !== 'malformed' && token.isCookie && page === 'foreign';
  return { action: 'ask-backend', granted: isForeign ? reject(403, FOREIGN_COOKIE) : granted, otherwise };
}

/** @param allowed verifies the token and continues with its clearance. */
function readUpdate(
  {
    head: { query },
    policy: { maxBodyBytes, maxTopics },
    backendCheck,
  }: Pick<EndpointRequest, 'head' | 'policy'> & { readonly backendCheck: BackendCheck },
  allowed: (then: (clearance: Clearance) => HttpAction) => HttpAction,
): HttpAction {
  const key = readKey(query);
  const then = (body: Uint8Array): HttpAction => {
    const draft = parseUpdate(body, query, maxTopics);
    if (typeof draft === 'string') return reject(400, `Not published: ${UPDATE_FAULTS[draft]}`);
    return allowed((clearance) => {
      const isCovered = clearance === 'all' || coversAll(clearance, draft.topics);
      if (isCovered === true) return { action: 'publish', key, draft, backendCheck };
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
  as: TokenUse,
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
