import { MAX_CONNECTIONS } from '../../domain/ids.ts';
import { choice, integer, LONGEST_MS, option, type Option } from './option.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const GIB = KIB * MIB;
const MANY = 1_000_000;

/** The part of the schema that bounds what strangers can fill. */
export const LIMIT_OPTIONS = {
  max_message_bytes: option(integer({ unit: 'bytes', min: 64, max: 100 * MIB }), {
    group: 'Limits for messages',
    description: 'Size of a message.',
    effect: 'Close 1009 (M18). On uWebSockets.js, many connections of one address: the same for more than 64 KiB (B4).',
    default: MIB,
    hardened: 64 * KIB,
  }),
  messages_per_second: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for messages',
    description: 'Messages that a peer may send each second in the long run.',
    effect: 'What on_flood says (M19).',
    default: 500,
    hardened: 100,
  }),
  message_burst: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for messages',
    description: 'Messages that a peer may send at once after it was quiet.',
    effect: 'What on_flood says (M19).',
    default: 2000,
    hardened: 500,
  }),
  on_flood: option(choice(['close', 'pause']), {
    group: 'Limits for messages',
    description: 'What happens to a peer that sends more than it may.',
    effect: 'close: close 1008. pause: its socket is not read until the debt is paid (M19).',
    default: 'close',
  }),
  malformed_limit: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for messages',
    description: 'Malformed messages that a peer is forgiven in one malformed_window.',
    effect: 'Within it they are ignored; one more: close 1007 (M10).',
    default: 20,
    hardened: 5,
  }),
  malformed_window: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for messages',
    description: 'How long malformed messages are remembered.',
    effect: 'See malformed_limit (M10).',
    default: 60_000,
  }),
  send_buffer_bytes: option(integer({ unit: 'bytes', min: KIB, max: GIB }), {
    group: 'Limits for messages',
    description: 'What may wait to be sent to one peer that reads slowly. At least one message of the largest size.',
    effect: 'The slow peer: close 1008. Who writes to it: LEAVE (M16).',
    default: 4 * MIB,
    hardened: MIB,
  }),

  mailbox_messages: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for absent peers',
    description: 'Messages that wait for one absent peer.',
    effect: 'The sender hears EXPIRE at once (M13).',
    default: 256,
    hardened: 128,
  }),
  mailbox_bytes: option(integer({ unit: 'bytes', min: KIB, max: GIB }), {
    group: 'Limits for absent peers',
    description: 'Bytes that wait for one absent peer. At least one message of the largest size.',
    effect: 'The sender hears EXPIRE at once (M13).',
    default: 2 * MIB,
    hardened: 512 * KIB,
  }),
  realm_mailbox_bytes: option(integer({ unit: 'bytes', min: KIB, max: 64 * GIB }), {
    group: 'Limits for absent peers',
    description: 'Bytes that wait in all mailboxes of a realm together. At least one mailbox.',
    effect: 'The sender hears EXPIRE at once (M13).',
    default: 64 * MIB,
    hardened: 16 * MIB,
  }),
  mailboxes_per_sender: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for absent peers',
    description: 'Absent peers that messages of one sender wait for.',
    effect: 'The sender hears EXPIRE at once (M13).',
    default: 256,
    hardened: 64,
  }),

  topics_per_connection: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'peero', 'relay'],
    description: 'Topics and patterns that one connection may listen to, and names that one publication may have.',
    effect: 'A socket: close 1008. A request: 403 (T5).',
    default: 200,
    hardened: 50,
  }),
  topic_joins: option(integer({ unit: '', min: 1, max: 100 * MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'peero', 'relay'],
    description: 'The same of all connections together, in each realm.',
    effect: 'A socket: close 1008. A request: 403 (T5).',
    default: MANY,
    hardened: 100_000,
  }),
  topic_patterns: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure'],
    description: 'Patterns that all connections together may listen to, in each realm: each is tried for every publication.',
    effect: '403 (T5).',
    default: 1000,
    hardened: 100,
  }),
  topic_presence: option(integer({ unit: '', min: 1, max: MANY }), {
    group: 'Limits for topics',
    description: 'Connections in one topic of Peero, where each that joins is told of all others, and all others of it.',
    effect: 'Close 1008 (T5).',
    default: 500,
    hardened: 100,
  }),
  topic_length: option(integer({ unit: '', min: 1, max: 65_536 }), {
    group: 'Limits for topics',
    dialects: ['mercure', 'socketio', 'peero', 'relay'],
    description: 'Characters of a topic.',
    effect: 'A socket: the message is ignored. A request: 400 (T1).',
    default: 1024,
    hardened: 256,
  }),
  history_messages: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for topics',
    dialects: ['mercure'],
    description: 'Publications that are kept in each realm for streams that come back; 0 keeps none.',
    effect: 'What is older is not replayed, and last-event-id of the answer says so (MER5).',
    default: 1000,
    hardened: 200,
  }),
  history_bytes: option(integer({ unit: 'bytes', min: 0, max: GIB }), {
    group: 'Limits for topics',
    dialects: ['mercure'],
    description: 'How much of them is kept.',
    effect: 'See history_messages (MER5).',
    default: 4 * MIB,
    hardened: MIB,
  }),

  memory_budget: option(integer({ unit: 'bytes', min: 4 * MIB, max: 64 * GIB }), {
    group: 'Limits for memory',
    description:
      'What strangers may make the broker hold in all: unread send buffers, paced and paused messages, topics, wills, long ' +
      'credentials, and messages for absent peers. At least memory_per_address.',
    effect: 'One of the largest holders: close 1008; a sender to an absent peer: EXPIRE at once (B1, B3).',
    default: 384 * MIB,
    hardened: 192 * MIB,
  }),
  memory_per_address: option(integer({ unit: 'bytes', min: 2 * MIB, max: 64 * GIB }), {
    group: 'Limits for memory',
    description:
      'The same for one client address; of IPv6, for a /64. At least send_buffer_bytes. Divided by max_message_bytes, the number of ' +
      'connections of an address that may send messages of that size on uWebSockets.js (B4). Behind a proxy see proxied.',
    effect: 'The largest holder of the address: close 1008; a sender to an absent peer: EXPIRE at once (B2, B3).',
    default: 8 * MIB,
    hardened: 4 * MIB,
  }),

  max_connections: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Limits for connections',
    description: 'Connections at one time, in all.',
    effect: '503 before the handshake.',
    default: 100_000,
  }),
  max_connections_per_address: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Limits for connections',
    description:
      'Connections at one time from one address; an IPv6 /64 may have twice as many (H17). Behind a proxy see proxied.',
    effect: '429 before the handshake.',
    default: 5000,
    hardened: 200,
  }),
  handshake_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description: 'How long the head of a request may take. On uws it is always 10000 ms.',
    effect: 'The connection is cut.',
    default: 10_000,
  }),
  keep_alive_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description:
      'How long an HTTP connection may be idle between two requests. Keep it longer than the load balancer does (often 60 s), or' +
      ' some of its requests meet a connection that is being closed. On uws it is always about 10000 ms.',
    effect: 'The connection is closed.',
    default: 75_000,
  }),
  max_url_bytes: option(integer({ unit: 'bytes', min: 256, max: MIB }), {
    group: 'Limits for connections',
    description: 'Size of the target of a request: its path and query. Tokens of identity providers take 1 to 3 KiB of it.',
    effect: '414 (H11).',
    default: 4 * KIB,
  }),
  max_header_bytes: option(integer({ unit: 'bytes', min: KIB, max: MIB }), {
    group: 'Limits for connections',
    description:
      'Size of the head of a request, its target too. At least max_url_bytes. On uws the first broker of a process sets it for all.',
    effect: '431 (H11).',
    default: 16 * KIB,
    hardened: 8 * KIB,
  }),
  id_length: option(integer({ unit: '', min: 1, max: 1024 }), {
    group: 'Limits for connections',
    description: 'Characters of an id.',
    effect: 'ERROR "Invalid id" and close 1008 (O7).',
    default: 128,
  }),
  http_rate_limit: option(integer({ unit: '', min: 0, max: MANY }), {
    group: 'Limits for connections',
    description: 'HTTP requests from one address in one http_rate_window, those for sockets aside; 0 for no limit.',
    effect: '429 with retry-after (H9).',
    default: 0,
    hardened: 120,
  }),
  http_rate_window: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Limits for connections',
    description: 'How long HTTP requests are counted.',
    effect: 'See http_rate_limit (H9).',
    default: 60_000,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
