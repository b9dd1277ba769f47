import type { Conversation, StatefulDialect } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { ConnectRequest } from '../../../application/ports/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { longestFirst } from '../shared/prefixes.ts';
import { CommandReader } from './commands.ts';
import { CentrifugeConversation, type ConversationParts } from './conversation.ts';

export interface CentrifugeSettings {
  /** Without a trailing slash. Requests may have one. */
  readonly path: string;
  /** CF16. */
  readonly prefixes: readonly string[];
  /** CF5. */
  readonly pingInterval: Millis;
  /** The limit of topics of a connection. */
  readonly topicsPerConnection: number;
  /** CF10, T19: members of a channel; 0 for no presence. */
  readonly presenceMembers: number;
  readonly presenceBytes: number;
}

/** CF15, M23: commands of one frame, unless a connection may have more topics. Each takes about 1 µs. */
const MAX_COMMANDS = 2_000;

/** CF1: the only encoding. A client that offers `centrifuge-protobuf` alone gets no subprotocol, and disconnects. */
const SUBPROTOCOL = 'centrifuge-json';

/** Topics over the JSON protocol of Centrifuge, version 2: docs/protocols/centrifuge.md. */
export class CentrifugeDialect implements StatefulDialect {
  readonly name = 'centrifuge';
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly refusesRequests = true;
  readonly #path: string;
  readonly #parts: ConversationParts;

  constructor({ path, prefixes, topicsPerConnection, presenceMembers, ...settings }: CentrifugeSettings) {
    this.#path = path;
    // A client that reconnects sends its subscriptions in one frame, behind `connect`.
    const maxCommands = Math.max(MAX_COMMANDS, topicsPerConnection + 1);
    this.#parts = {
      ...{ reader: new CommandReader(), prefixes: longestFirst(prefixes), maxCommands, voice: this },
      ...{ pingInterval: settings.pingInterval, hasPresence: presenceMembers > 0, maxPayloadBytes: settings.presenceBytes },
    };
  }

  subprotocol(offered: readonly string[]): string | undefined {
    return offered.find((name) => name === SUBPROTOCOL);
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** W3: the credentials are in the `connect` command. */
  connectRequest(query: string): ConnectRequest {
    return { as: 'newcomer', key: new URLSearchParams(query).get('key') ?? undefined };
  }

  /** CF1: WebSockets only. */
  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  converse(): Conversation {
    return new CentrifugeConversation(this.#parts);
  }
}
