import type { Conversation, ConversationLimits, StatefulDialect } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { ConnectRequest } from '../../../application/ports/requests.ts';
import { longestFirst } from '../shared/prefixes.ts';
import { NatsConversation } from './conversation.ts';
import { DIALECT_NAME } from './frames.ts';

export interface NatsSettings {
  /** Without a trailing slash. Requests may have one. */
  readonly path: string;
  /** NA16. */
  readonly prefixes: readonly string[];
  /** The limit of topics of a connection, and of its subscriptions. */
  readonly topicsPerConnection: number;
  /** NA2: a semantic version. */
  readonly version: string;
  /** NA2: whether a client without a token is refused. */
  readonly needsToken: boolean;
}

/** NA8: bytes of one line. */
const MAX_LINE_BYTES = 4_096;

/** NA8: `nats-core` collects up to 32 KiB and then sends one more message in the same frame. */
const SPARE_BYTES = 40 * 1024;

/** M23: verbs of one frame, unless a connection may have more topics. Each takes about 1 µs. */
const MAX_VERBS = 2_000;

/** NA13: copies of one message for the sids of a client, in messages of the largest size. */
const MAX_COPIES = 4;

/** Topics over the protocol of NATS clients: docs/protocols/nats.md. */
export class NatsDialect implements StatefulDialect {
  readonly name = DIALECT_NAME;
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly sendsBinary = true;
  readonly refusesRequests = true;
  readonly #settings: NatsSettings;
  readonly #prefixes: readonly string[];

  constructor(settings: NatsSettings) {
    this.#settings = settings;
    this.#prefixes = longestFirst(settings.prefixes);
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#settings.path || path === `${this.#settings.path}/`;
  }

  /** W3: the credentials are in CONNECT. */
  connectRequest(query: string): ConnectRequest {
    return { as: 'newcomer', key: new URLSearchParams(query).get('key') ?? undefined };
  }

  /** NA1: WebSockets only. */
  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  converse({ maxMessageBytes }: ConversationLimits): Conversation {
    const { topicsPerConnection, version, needsToken } = this.#settings;
    const maxPayload = Math.max(Math.floor(maxMessageBytes / 2), maxMessageBytes - SPARE_BYTES);
    return new NatsConversation({
      limits: {
        lineBytes: Math.min(MAX_LINE_BYTES, Math.floor(maxMessageBytes / 4)),
        payloadBytes: maxPayload,
        // A client that reconnects sends its subscriptions in one frame.
        verbsPerFrame: Math.max(MAX_VERBS, topicsPerConnection + 1),
      },
      maxCopyBytes: MAX_COPIES * maxPayload,
      info: { version, maxPayload, needsToken },
      prefixes: this.#prefixes,
      maxSubscriptions: topicsPerConnection,
    });
  }
}
