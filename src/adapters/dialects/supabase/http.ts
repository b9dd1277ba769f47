import { isUtf8 } from 'node:buffer';
import type { HttpResponse } from '../../../application/ports/http.ts';
import { bearerToken } from '../../../application/ports/http.ts';
import type { HttpAction, HttpHead, HttpOutcome, HttpRefusal, HttpRoute } from '../../../application/ports/requests.ts';
import type { Draft } from '../../../domain/topic.ts';
import { JsonMembers } from '../shared/json-members.ts';
import { topicOf } from '../shared/prefixes.ts';
import type { TextCache } from '../shared/text-cache.ts';
import { ownDraft, sharedDraft, type Broadcast, type BroadcastReader } from './broadcasts.ts';
import { channelTopic, isTooLong } from './channel-names.ts';
import { NO_PERSISTENCE } from './refusals.ts';

export interface HttpParts {
  readonly broadcasts: BroadcastReader;
  readonly cache: TextCache;
  readonly isJson: (bytes: Uint8Array) => boolean;
  /** SB17: the longest first. */
  readonly prefixes: readonly string[];
  readonly isToken: (text: string) => boolean;
  readonly maxBodyBytes: number;
}

/** SB11: broadcasts of one request. Each one is published in the same turn of the event loop. */
export const MAX_BROADCASTS = 100;

/** M23: bytes of a list of broadcasts, each of which is read three times. About 8 ms. */
const MAX_LIST_BYTES = 512 * 1024;

const MESSAGES = 0;
const BINARY = /^application\/octet-stream\b/i;

/** SB11: broadcasts by HTTP requests. */
export class BroadcastRoutes {
  readonly #parts: HttpParts;
  readonly #body: JsonMembers;

  constructor(parts: HttpParts) {
    this.#parts = parts;
    this.#body = new JsonMembers(['messages'], parts.cache);
  }

  /** @param path behind that of the dialect, without a trailing slash. */
  at(path: string): HttpRoute | undefined {
    if (path === '/api/broadcast') return this.#route((head, body) => this.#list(head, body), MAX_LIST_BYTES);
    const [, topic, event] = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(path)?.map(decoded) ?? [];
    if (topic === undefined || event === undefined) return undefined;
    return this.#route((head, body) => this.#one(head, body, topic, event));
  }

  #route(draftsOf: (head: BodyHead, body: Uint8Array) => readonly Draft[] | string, limit = Infinity): HttpRoute {
    const maxBytes = Math.min(this.#parts.maxBodyBytes, limit);
    return {
      methods: ['POST'],
      handle: (head) => {
        const query = new URLSearchParams(head.query);
        const [key, token] = [query.get('key') ?? undefined, this.#tokenOf(head, query)];
        const kept = { query, isBinary: BINARY.test(head.header('content-type') ?? '') };
        const then = (body: Uint8Array): HttpAction => {
          const drafts = draftsOf(kept, body);
          if (typeof drafts === 'string') return { action: 'respond', response: refused(422, drafts) };
          return { action: 'publish-all', key, token, drafts };
        };
        return { action: 'read-body', maxBytes, then };
      },
    };
  }

  /** SB11, SB12: the token of the user precedes the key of the page. */
  #tokenOf(head: HttpHead, query: URLSearchParams): string | undefined {
    const candidates = [bearerToken(head.header('authorization')), head.header('apikey'), query.get('apikey') ?? undefined];
    return candidates.find((text) => text !== undefined && this.#parts.isToken(text));
  }

  #list(_: BodyHead, body: Uint8Array): readonly Draft[] | string {
    const { broadcasts } = this.#parts;
    if (!isUtf8(body) || !this.#body.read(body, false)) return 'The body is not a JSON object in UTF-8';
    const list = broadcasts.list(this.#body.raw(MESSAGES, body) ?? new Uint8Array(), MAX_BROADCASTS);
    if (list === undefined) return `messages is not a list of 1 to ${MAX_BROADCASTS} broadcasts`;
    const drafts: Draft[] = [];
    for (const json of list) {
      const written = broadcasts.read(json);
      if (written?.topic === undefined) return 'A message has no topic, or no event of at most 255 bytes';
      if (written.persists) return NO_PERSISTENCE;
      const draft = this.#draft(written.topic, written, written.isPrivate);
      if (draft === undefined) return NAME_TOO_LONG;
      drafts.push(draft);
    }
    return drafts;
  }

  #one({ query, isBinary }: BodyHead, body: Uint8Array, topic: string, event: string): readonly Draft[] | string {
    if ([...query.keys()].some((name) => name.startsWith('persist'))) return NO_PERSISTENCE;
    if (!isBinary && !this.#parts.isJson(body)) return 'The body is not JSON in UTF-8';
    if (isTooLong(event)) return 'The event has more than 255 bytes';
    const draft = this.#draft(topic, { event, isJson: !isBinary, payload: body }, query.get('private') === 'true');
    return draft === undefined ? NAME_TOO_LONG : [draft];
  }

  /** SB17: a message of Peerix counts where its topic is the topic of the request. */
  #draft(name: string, broadcast: Broadcast, isPrivate: boolean): Draft | undefined {
    if (isTooLong(channelTopic(name))) return undefined;
    const topic = topicOf(name, this.#parts.prefixes);
    const peerix = this.#parts.broadcasts.peerixMessage(broadcast);
    return peerix?.topic === topic ? sharedDraft(peerix, isPrivate) : ownDraft(topic, broadcast, isPrivate);
  }
}

/** The parts of a request that are needed when its body has arrived. */
interface BodyHead {
  readonly query: URLSearchParams;
  readonly isBinary: boolean;
}

const NAME_TOO_LONG = 'A topic has more than 246 bytes';

const REFUSALS: Readonly<Record<HttpRefusal, readonly [status: number, text: string]>> = {
  'key-unknown': [401, 'No such realm'],
  'discovery-off': [403, 'Forbidden'],
  'sender-unknown': [401, 'Unauthorized'],
  'topic-unusable': [422, 'A topic is empty or too long'],
  'too-many-topics': [422, 'Too many topics'],
  'realm-full': [503, 'Too many connections'],
  'too-many-realms': [503, 'Too many realms are in use'],
  overloaded: [503, 'Too many deliveries are waiting; try again in a second'],
  'ice-unavailable': [503, 'No ICE servers at the moment; try again in a minute'],
  'token-missing': [401, 'Unauthorized: Authentication required'],
  'token-invalid': [401, 'Unauthorized: Invalid token'],
  'not-granted': [403, 'Unauthorized: You do not have permissions to write to this Channel topic'],
  'authorizer-unreachable': [503, 'Try again later'],
};

/** SB11: 202 without a body, or the reason in a form that the client reads. */
export function responseTo(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'publication') return { status: 202, headers: [], body: '' };
  if (outcome.kind !== 'refusal') return refused(404, 'Not Found');
  const response = refused(...REFUSALS[outcome.reason]);
  return outcome.reason === 'overloaded' ? { ...response, headers: [...response.headers, ['retry-after', '1']] } : response;
}

function refused(status: number, error: string): HttpResponse {
  return { status, headers: [['content-type', 'application/json; charset=utf-8']], body: JSON.stringify({ error }) };
}

/** Undefined for a text that is not percent-encoded UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
