import { MAX_CONNECTIONS } from '../../domain/ids.ts';
import { choice, integer, LONGEST_MS, option, type Option } from './option.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const GIB = KIB * MIB;
const MANY = 1_000_000;

/** The options that limit the resources of unauthenticated clients. */
export const LIMIT_OPTIONS = {
  max_message_bytes: option(integer({ unit: 'bytes', min: 64, max: 100 * MIB }), {
    group: 'Limits for messages',
    description: 'Maximum size of a message.',
    effect:
      'Above the limit: close 1009 (M18). On uWebSockets.js, an address with many connections gets the same above 64 KiB (B4).',
    default: MIB,
    hardened: 64 * KIB,
  }),
  messages_per_second: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for messages',
    description:
      'Rate limit of a peer: messages per second in the long run. A message counts once for each started 64 KiB (M22).',
    effect: 'Above the limit: see on_flood (M19).',
    default: 500,
    hardened: 100,
  }),
  message_burst: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for messages',
    description: 'Burst of the rate limit: messages that a peer may send at once after a quiet time.',
    effect: 'Above the limit: see on_flood (M19).',
    default: 2000,
    hardened: 500,
  }),
  on_flood: option(choice(['close', 'pause']), {
    group: 'Limits for messages',
    description: 'Action when a peer exceeds its rate limit.',
    effect: 'close: close 1008. pause: the connection is not read until the rate is within the limit again (M19).',
    default: 'close',
  }),
  malformed_limit: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for messages',
    description:
      'Maximum number of malformed messages of a peer in one malformed_window. ' +
      'Some are allowed, because one faulty message must not end a working connection.',
    effect: 'Up to the limit they are ignored. One more: close 1007 (M10).',
    default: 20,
    hardened: 5,
  }),
  malformed_window: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for messages',
    description: 'Length of the window in which malformed messages are counted.',
    effect: 'See malformed_limit (M10).',
    default: 60_000,
  }),
  send_buffer_bytes: option(integer({ unit: 'bytes', min: KIB, max: GIB }), {
    group: 'Limits for messages',
    description: 'Maximum amount of unsent data for one slow connection. At least one message of the largest size.',
    effect: 'The slow peer: close 1008. The sender of the message: LEAVE (M16).',
    default: 4 * MIB,
    hardened: MIB,
  }),

  mailbox_messages: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for absent peers',
    description: 'Maximum number of messages in the mailbox of one absent peer.',
    effect: 'Above the limit: EXPIRE at once for the sender (M13).',
    default: 256,
    hardened: 128,
  }),
  mailbox_bytes: option(integer({ unit: 'bytes', min: KIB, max: GIB }), {
    group: 'Limits for absent peers',
    description: 'Maximum size of the mailbox of one absent peer. At least one message of the largest size.',
    effect: 'Above the limit: EXPIRE at once for the sender (M13).',
    default: 2 * MIB,
    hardened: 512 * KIB,
  }),
  realm_mailbox_bytes: option(integer({ unit: 'bytes', min: KIB, max: 64 * GIB }), {
    group: 'Limits for absent peers',
    description: 'Maximum size of all mailboxes of a realm together. At least one mailbox.',
    effect: 'Above the limit: EXPIRE at once for the sender (M13).',
    default: 64 * MIB,
    hardened: 16 * MIB,
  }),
  mailboxes_per_sender: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for absent peers',
    description: 'Maximum number of mailboxes in which one sender has messages.',
    effect: 'Above the limit: EXPIRE at once for the sender (M13).',
    default: 256,
    hardened: 64,
  }),

  topics_per_connection: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'relay'],
    description: 'Maximum number of topics and patterns of one connection, and of topics of one publication.',
    effect: 'Above the limit: close 1008 for a WebSocket, 403 for a request (T5).',
    default: 200,
    hardened: 50,
  }),
  topic_joins: option(integer({ unit: '', min: 1, max: 100 * MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'relay'],
    description: 'Maximum number of subscribed topics and patterns of all connections together, in each realm.',
    effect: 'Above the limit: close 1008 for a WebSocket, 403 for a request (T5).',
    default: MANY,
    hardened: 100_000,
  }),
  topic_patterns: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'nats', 'mqtt'],
    description:
      'Maximum number of subscribed patterns in each realm. The limit is low because every publication is matched ' +
      'against each pattern.',
    effect: 'Above the limit: 403 (T5).',
    default: 1000,
    hardened: 100,
  }),
  topic_presence: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for topics',
    description:
      'Maximum number of connections in one Peero topic. The limit is low because each join notifies all other ' +
      'connections of the topic.',
    effect: 'Above the limit: close 1008 (T5).',
    default: 500,
    hardened: 100,
  }),
  topic_length: option(integer({ unit: '', min: 1, max: 65_536 }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'relay'],
    description: 'Maximum length of a topic in characters.',
    effect: 'Above the limit: a message on a WebSocket is ignored, a request gets 400 (T1).',
    default: 1024,
    hardened: 256,
  }),
  history_messages: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure'],
    description: 'Maximum number of publications that each realm keeps for reconnecting streams. 0 keeps none.',
    effect: 'Older publications are not replayed; last-event-id of the response shows the gap (MER5).',
    default: 1000,
    hardened: 200,
  }),
  history_bytes: option(integer({ unit: 'bytes', min: 0, max: GIB }), {
    group: 'Limits for topics',
    dialects: ['mercure'],
    description: 'Maximum size of the kept publications of each realm.',
    effect: 'See history_messages (MER5).',
    default: 4 * MIB,
    hardened: MIB,
  }),

  retained_messages: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mqtt'],
    description: 'Maximum number of topics in each realm with a retained publication. 0 keeps none.',
    effect: 'Above the limit: reason 0x97 in MQTT 5.0, else the publication is not kept (MQ20, T17).',
    default: 1000,
    hardened: 200,
  }),
  retained_bytes: option(integer({ unit: 'bytes', min: 0, max: GIB }), {
    group: 'Limits for topics',
    dialects: ['mqtt'],
    description: 'Maximum size of the retained publications of each realm. At most memory_budget.',
    effect: 'See retained_messages (MQ20, T17).',
    default: MIB,
    hardened: 256 * KIB,
  }),

  presence_members: option(integer({ unit: '', min: 0, max: 5_000 }), {
    group: 'Limits for topics',
    dialects: ['centrifuge', 'supabase'],
    description: 'Maximum number of members of one topic, which Supabase tracks and Centrifuge lists. 0 is no presence.',
    effect: 'Above the limit: an error for track in Supabase; a Centrifuge client is subscribed, and is not listed (T19).',
    default: 500,
    hardened: 100,
  }),
  presence_bytes: option(integer({ unit: 'bytes', min: 0, max: 16 * KIB }), {
    group: 'Limits for topics',
    dialects: ['centrifuge', 'supabase'],
    description:
      'Maximum size of the key and the payload of one member. All members of a topic have at most a quarter of ' +
      'send_buffer_bytes.',
    effect: 'Above the limit: an error (T19).',
    default: KIB,
    hardened: 256,
  }),

  memory_budget: option(integer({ unit: 'bytes', min: 4 * MIB, max: 64 * GIB }), {
    group: 'Limits for memory',
    description:
      'Maximum memory that clients may occupy in all: unread send buffers, paced and paused messages, topics, wills, ' +
      'retained publications, long credentials, and mailboxes. At least memory_per_address.',
    effect:
      'At the limit: close 1008 for one of the largest holders, EXPIRE at once for messages to absent peers, and nothing ' +
      'more is retained (B1, B3).',
    default: 384 * MIB,
    hardened: 192 * MIB,
  }),
  memory_per_address: option(integer({ unit: 'bytes', min: 2 * MIB, max: 64 * GIB }), {
    group: 'Limits for memory',
    description:
      'The same limit for one client address; for IPv6, for a /64. At least send_buffer_bytes. On uWebSockets.js, 32 times ' +
      'memory_per_address, divided by max_message_bytes, is the number of connections of one address that may send messages ' +
      'of the largest size (B4). Behind a proxy, set proxied.',
    effect:
      'At the limit: close 1008 for the largest holder of the address, and EXPIRE at once for messages to absent peers ' +
      '(B2, B3).',
    default: 8 * MIB,
    hardened: 4 * MIB,
  }),

  max_connections: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Limits for connections',
    description: 'Maximum number of simultaneous connections of the broker.',
    effect: 'Above the limit: 503 before the handshake.',
    default: 100_000,
  }),
  max_connections_per_address: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Limits for connections',
    description:
      'Maximum number of simultaneous connections of one address; an IPv6 /64 may have twice as many (H17). Behind a ' +
      'proxy, set proxied.',
    effect: 'Above the limit: 429 before the handshake.',
    default: 5000,
    hardened: 200,
  }),
  max_realms: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Limits for connections',
    description: 'Maximum number of realms that are in use at the same time because their keys match a pattern; see key.',
    effect:
      'At the limit, for a key that is not in use: ERROR "Server has reached its limit of keys in use" and close 1013 (R3).',
    default: 10_000,
    hardened: 1000,
  }),
  handshake_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description: 'Maximum time for the head of a request to arrive. On uws it is always 10000 ms.',
    effect: 'After the limit: the connection is closed.',
    default: 10_000,
  }),
  keep_alive_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description:
      'Maximum idle time of an HTTP connection between two requests. Use more than the idle timeout of the load ' +
      'balancer (often 60 s), because otherwise the load balancer sends requests on connections that are being closed. ' +
      'On uws it is always about 10000 ms.',
    effect: 'After the limit: the connection is closed.',
    default: 75_000,
  }),
  max_url_bytes: option(integer({ unit: 'bytes', min: 256, max: MIB }), {
    group: 'Limits for connections',
    description: 'Maximum size of a request target: path and query. Tokens of identity providers use 1 to 3 KiB of it.',
    effect: 'Above the limit: 414 (H11).',
    default: 4 * KIB,
  }),
  max_header_bytes: option(integer({ unit: 'bytes', min: KIB, max: MIB }), {
    group: 'Limits for connections',
    description:
      'Maximum size of a request head, including its target. At least max_url_bytes. On uws the first broker of a ' +
      'process sets it for all.',
    effect: 'Above the limit: 431 (H11).',
    default: 16 * KIB,
    hardened: 8 * KIB,
  }),
  id_length: option(integer({ unit: '', min: 1, max: 1024 }), {
    group: 'Limits for connections',
    description: 'Maximum length of a peer id in characters.',
    effect: 'Above the limit: ERROR "Invalid id" and close 1008 (O7).',
    default: 128,
  }),
  http_rate_limit: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for connections',
    description: 'Rate limit of one address: HTTP requests in one http_rate_window, without handshakes. 0 is no limit.',
    effect: 'Above the limit: 429 with retry-after (H9).',
    default: 0,
    hardened: 120,
  }),
  http_rate_window: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description: 'Length of the window in which HTTP requests are counted.',
    effect: 'See http_rate_limit (H9).',
    default: 60_000,
  }),
  auth_failures_per_minute: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for connections',
    description: 'Failed authentications from one address, or one /64 network, in a minute. 0 is no limit.',
    effect: 'Further clients of the address: 429 before the handshake, and on /ice and /peers, until the minute is over (A8).',
    default: 20,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
