import { choices, flag, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { endpoint, eventPrefixes, tokenKey } from './option-types.ts';

export const DIALECT_NAMES = [
  'peerjs',
  'mercure',
  'socketio',
  'centrifuge',
  'nats',
  'supabase',
  'mqtt',
  'peero',
  'relay',
] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];

/** The options that select the dialects and their paths. */
export const DIALECT_OPTIONS = {
  dialects: option(choices(DIALECT_NAMES), {
    group: 'Dialects',
    description: 'Dialects to serve. Separate the names by commas, or repeat the option.',
    effect: 'A dialect that is off: 404.',
    default: ['peerjs'],
  }),
  all: option(flag(), {
    group: 'Dialects',
    description: 'Serves every dialect. Overrides dialects.',
    default: false,
  }),
  legacy_xhr: option(flag(), {
    group: 'Dialects',
    dialects: ['peerjs'],
    description: 'Serves the HTTP endpoints of PeerJS 0.3 clients: messages by POST, and a stream until the WebSocket is open.',
    effect: 'Off: 404 (X8). On: clients that send no heartbeat are pinged and stay connected (X7).',
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
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'],
    description: 'Key that verifies the tokens of publishers: a shared secret, or one public key as PEM or JWK.',
    effect: 'No valid token: 401 (MER7, MER11).',
    default: undefined,
    env: ['MERCURE_PUBLISHER_JWT_KEY'],
  }),
  mercure_subscriber_key: option(maybe(tokenKey()), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'],
    description: 'Key that verifies the tokens of subscribers, in the same formats.',
    effect: 'No valid token: 401 (MER7, MER11).',
    default: undefined,
    env: ['MERCURE_SUBSCRIBER_JWT_KEY'],
  }),
  mercure_anonymous: option(flag(), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'],
    description: 'Allows clients without a token to subscribe to updates that are not private.',
    default: false,
  }),
  mercure_open: option(flag(), {
    group: 'Dialects',
    dialects: ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'],
    description:
      'Allows every client to subscribe and publish without a token. Intended for development, and for clients that ' +
      'have no tokens.',
    default: false,
  }),
  centrifuge_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['centrifuge'],
    description: 'Path of the Centrifuge WebSocket endpoint.',
    default: '/connection/websocket',
  }),
  centrifuge_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['centrifuge'],
    description:
      'Prefix of channel names that is not part of the topic. Clients of other dialects use the topic without it. ' +
      'Repeat the option for several prefixes.',
    effect: 'A channel with another prefix is a topic of its own (CF16).',
    default: [],
  }),
  nats_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['nats'],
    description: 'Path of the WebSocket endpoint for NATS clients.',
    default: '/nats',
  }),
  nats_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['nats'],
    description:
      'Prefix of subjects that is not part of the topic. Clients of other dialects use the topic without it. ' +
      'Repeat the option for several prefixes.',
    effect: 'A subject with another prefix is a topic of its own (NA16).',
    default: [],
  }),
  supabase_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['supabase'],
    description: 'Path of Supabase Realtime. Its endpoints /websocket and /api/broadcast are below it.',
    default: '/realtime/v1',
  }),
  supabase_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['supabase'],
    description:
      'Prefix of Supabase channel names that is not part of the topic. Clients of other dialects use the topic without it. ' +
      'Repeat the option for several prefixes.',
    effect: 'A channel with another prefix is a topic of its own (SB17).',
    default: [],
  }),
  mqtt_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['mqtt'],
    description: 'Path of the MQTT WebSocket endpoint.',
    default: '/mqtt',
  }),
  mqtt_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['mqtt'],
    description:
      'Prefix of topic names that is not part of the topic. Clients of other dialects use the topic without it. ' +
      'Repeat the option for several prefixes.',
    effect: 'A name with another prefix is a topic of its own (MQ24).',
    default: [],
  }),
  peero_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['peero'],
    description: 'Path of the Peero WebSocket endpoint.',
    default: '/peero',
  }),
  socketio_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description: 'Path of the Socket.IO endpoint.',
    default: '/socket.io',
  }),
  socketio_prefixes: option(eventPrefixes(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description:
      'Allowed prefix of event names; an empty prefix allows names without one. Repeat the option for several prefixes.',
    effect: 'Events with other names are ignored (SIO4).',
    default: ['', 'peerix:'],
  }),
  socketio_eio3: option(flag(), {
    group: 'Dialects',
    dialects: ['socketio'],
    description: 'Also serves Socket.IO 2 clients, which use version 3 of Engine.IO.',
    effect: 'Off: 400 with code 5 (SIO11).',
    default: false,
  }),
  relay_path: option(endpoint(), {
    group: 'Dialects',
    dialects: ['relay'],
    description: 'Path of the topic relay endpoint, for y-webrtc and Trystero.',
    default: '/relay',
  }),
  ping_interval: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Dialects',
    description:
      'Interval of pings to clients that send no heartbeat of their own. Must be less than alive_timeout; ' +
      'the default is half of it.',
    effect: 'No answer within alive_timeout: close 4002 (REL3, X7).',
    default: 30_000,
  }),
  stream_heartbeat: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Dialects',
    dialects: ['mercure', 'peerjs'],
    description:
      'Interval of comment lines on an open stream. They keep proxies from closing an idle stream; many do so after 60 s.',
    effect: 'A comment line (MER9).',
    default: 40_000,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
