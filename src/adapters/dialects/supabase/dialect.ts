import type { Conversation, StatefulDialect } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { ConnectRequest, HttpOutcome, HttpRoute } from '../../../application/ports/requests.ts';
import { longestFirst } from '../shared/prefixes.ts';
import { TextCache } from '../shared/text-cache.ts';
import { BroadcastReader } from './broadcasts.ts';
import { FrameReader } from './client-frames.ts';
import { SupabaseConversation, type ConversationParts } from './conversation.ts';
import { BroadcastRoutes, responseTo } from './http.ts';

export interface SupabaseSettings {
  /** The common beginning of all paths, without a trailing slash. Requests may have one. */
  readonly path: string;
  /** SB17. */
  readonly prefixes: readonly string[];
  /** SB12: whether a text is a token. Every page has an `apikey`, which need not be one. */
  readonly isToken: (text: string) => boolean;
  /** SB11. */
  readonly maxMessageBytes: number;
  /** SB13, T19: members of a channel; 0 for no presence. */
  readonly presenceMembers: number;
}

/** Topics over the protocol of Supabase Realtime: docs/protocols/supabase.md. */
export class SupabaseDialect implements StatefulDialect {
  readonly name = 'supabase';
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly sendsBinary = 'by-first-byte';
  readonly refusesRequests = true;
  readonly #path: string;
  readonly #parts: ConversationParts;
  readonly #routes: BroadcastRoutes;

  constructor({ path, prefixes: given, isToken, maxMessageBytes: maxBodyBytes, presenceMembers }: SupabaseSettings) {
    this.#path = path;
    const [cache, prefixes] = [new TextCache(), longestFirst(given)];
    const [frames, broadcasts] = [new FrameReader(cache), new BroadcastReader(cache)];
    const hasPresence = presenceMembers > 0;
    this.#parts = { frames, broadcasts, prefixes, hasPresence, isToken, voices: { 1: {}, 2: {} } };
    const isJson = (bytes: Uint8Array): boolean => frames.isJson(bytes);
    this.#routes = new BroadcastRoutes({ broadcasts, cache, isJson, prefixes, isToken, maxBodyBytes });
  }

  /** W7: the client offers none. */
  subprotocol(): undefined {
    return undefined;
  }

  servesWebSocketAt(path: string): boolean {
    return this.#below(path) === '/websocket';
  }

  /** SB1, W3: the first join has the token of the user. Without it, the `apikey` is the token. */
  connectRequest(query: string): ConnectRequest {
    const parameters = new URLSearchParams(query);
    const apikey = parameters.get('apikey') ?? '';
    const token = this.#parts.isToken(apikey) ? apikey : undefined;
    return { as: 'newcomer', key: parameters.get('key') ?? undefined, token };
  }

  /** SB11. */
  route(path: string): HttpRoute | undefined {
    const below = this.#below(path);
    return below === undefined ? undefined : this.#routes.at(below);
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return responseTo(outcome);
  }

  converse(): Conversation {
    return new SupabaseConversation(this.#parts);
  }

  /** The rest of a path behind that of the dialect, without a trailing slash. */
  #below(path: string): string | undefined {
    return path.startsWith(`${this.#path}/`) ? path.slice(this.#path.length).replace(/\/$/, '') : undefined;
  }
}
