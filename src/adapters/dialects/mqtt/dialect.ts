import type { Conversation, ConversationLimits, StatefulDialect } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { ConnectRequest } from '../../../application/ports/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { longestFirst } from '../shared/prefixes.ts';
import { MqttConversation, type ConversationParts } from './conversation.ts';

export interface MqttSettings {
  /** Without a trailing slash. Requests may have one. */
  readonly path: string;
  /** MQ24. */
  readonly prefixes: readonly string[];
  /** MQ10. */
  readonly aliveTimeout: Millis;
  /** MQ20: 0 if none is kept. */
  readonly retainedMessages: number;
  /** The limit of topics of a connection. */
  readonly topicsPerConnection: number;
}

/** M23: packets of one frame, and filters of one packet. */
const MAX_REQUESTS = 2_000;

/** MQ1: version 3.1 has a name of its own. It is granted, so that CONNACK can refuse the version. */
const SUBPROTOCOLS: readonly string[] = ['mqtt', 'mqttv3.1'];

/** Topics over MQTT 3.1.1 and 5.0: docs/protocols/mqtt.md. */
export class MqttDialect implements StatefulDialect {
  readonly name = 'mqtt';
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly refusesRequests = true;
  readonly sendsBinary = true;
  readonly #path: string;
  readonly #parts: ConversationParts;

  constructor({ path, prefixes, aliveTimeout, topicsPerConnection, retainedMessages }: MqttSettings) {
    this.#path = path;
    // A client that reconnects subscribes to all its filters in one packet.
    const maxRequests = Math.max(MAX_REQUESTS, topicsPerConnection);
    const voices = { 4: {}, 5: {} };
    const keepsRetained = retainedMessages > 0;
    this.#parts = { prefixes: longestFirst(prefixes), aliveTimeout, topicsPerConnection, keepsRetained, maxRequests, voices };
  }

  subprotocol(offered: readonly string[]): string | undefined {
    return offered.find((name) => SUBPROTOCOLS.includes(name));
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** W3: the credentials are in CONNECT. */
  connectRequest(query: string): ConnectRequest {
    return { as: 'newcomer', key: new URLSearchParams(query).get('key') ?? undefined };
  }

  /** MQ1: WebSockets only. */
  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  converse({ maxMessageBytes }: ConversationLimits): Conversation {
    return new MqttConversation(this.#parts, maxMessageBytes);
  }
}
