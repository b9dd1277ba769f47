import { choices, flag, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { endpoint, eventPrefixes, tokenKey } from './option-types.ts';

export const DIALECT_NAMES = ['peerjs', 'mercure', 'socketio', 'peero', 'relay'] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];

/** The part of the schema that says which wires are served, and where. */
export const DIALECT_OPTIONS = {
  dialects: option(choices(DIALECT_NAMES), {
    group: 'Dialects',
    description: 'Which wires are served. Separate them by commas, or repeat the option.',
    effect: 'A dialect that is off: 404.',
    default: ['peerjs'],
  }),
  all: option(flag(), {
    group: 'Dialects',
    description: 'Serves every dialect, whatever dialects says.',
    default: false,
  }),
  legacy_xhr: option(flag(), {
    group: 'Dialects',
    dialects: ['peerjs'],
    description:
      'Serves what clients of PeerJS 0.3 need beside their socket: messages by POST, and a stream until the socket is open.',
    effect: 'Off: 404 (X8). On: clients that send no heartbeat are pinged, and stay (X7).',
    default: false,
  }),
  mercure_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['mercure'],
    description: 'Path of the Mercure endpoint.',
    default: '/.well-known/mercure',
  }),
  mercure_publisher_key: option(maybe(tokenKey()), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio'],
    description: 'Key that verifies the tokens of publishers: a shared secret, or one public key as PEM or JWK.',
    effect: 'Without a valid token: 401 (MER7, MER11).',
    default: undefined,
    env: ['MERCURE_PUBLISHER_JWT_KEY'],
  }),
  mercure_subscriber_key: option(maybe(tokenKey()), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio'],
    description: 'Key that verifies the tokens of subscribers, of the same forms.',
    effect: 'Without a valid token: 401 (MER7, MER11).',
    default: undefined,
    env: ['MERCURE_SUBSCRIBER_JWT_KEY'],
  }),
  mercure_anonymous: option(flag(), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio'],
    description: 'Lets everybody subscribe to what is not private, without a token.',
    default: false,
  }),
  mercure_open: option(flag(), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio'],
    description: 'Lets everybody subscribe and publish without a token: for development, and for peers that have none.',
    default: false,
  }),
  peero_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['peero'],
    description: 'Path of the socket for Peero.',
    default: '/peero',
  }),
  socketio_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description: 'Path of Socket.IO.',
    default: '/socket.io',
  }),
  socketio_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description: 'What the names of its events may begin with; repeat it for several. Without any they stand alone, too.',
    effect: 'Events of other names are ignored (SIO4).',
    default: ['', 'peerix:'],
  }),
  socketio_eio3: option(flag(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description: 'Serves clients of Socket.IO 2, which speak version 3 of Engine.IO, too.',
    effect: 'Off: 400 and the code 5 (SIO11).',
    default: false,
  }),
  relay_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['relay'],
    description: 'Path of the topic relay, for y-webrtc and Trystero.',
    default: '/relay',
  }),
  ping_interval: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Dialects',
    description: 'How often clients that send no heartbeat of their own are pinged. Less than alive_timeout.',
    effect: 'Who does not answer within alive_timeout: close 4002 (REL3, X7).',
    default: 30_000,
  }),
  stream_heartbeat: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Dialects',
    dialects: ['mercure', 'peerjs'],
    description: 'How often a stream is sent a line that means nothing, so that no proxy takes it for dead.',
    effect: 'A comment (MER9).',
    default: 40_000,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
