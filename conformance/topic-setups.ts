import type { Settings } from './settings.ts';
import { atMost, LONG_TIMEOUTS, type Setup } from './setup.ts';

const PUBLISHER_SECRET = 'the publisher key of the conformance suite, which is no secret';
const SUBSCRIBER_SECRET = 'the subscriber key of the conformance suite, which is no secret';
const HUB: Settings = {
  ...LONG_TIMEOUTS,
  dialects: ['peerjs', 'mercure'],
  mercure_publisher_key: PUBLISHER_SECRET,
  mercure_subscriber_key: SUBSCRIBER_SECRET,
};
const CENTRIFUGE: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'centrifuge'] };
const NATS: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'nats'] };
const MQTT: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'mqtt'] };
const SUPABASE: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'supabase'] };
const RELAY: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'relay'] };

/** Server configurations for the Mercure, topic relay, Centrifuge, NATS and Supabase cases. */
export const TOPIC_SETUPS = {
  hub: { settings: HUB, requires: [], unmet: unmetAccess },
  'hub with tokens': { settings: HUB, requires: ['mercure_publisher_key', 'mercure_subscriber_key'], unmet: unmetKeys },
  'hub with two keys': {
    settings: HUB,
    requires: ['mercure_publisher_key', 'mercure_subscriber_key'],
    unmet: (settings) =>
      unmetKeys(settings) ??
      (settings.mercure_publisher_key === settings.mercure_subscriber_key
        ? 'requires different secrets for publishers and subscribers; configure them, then pass both flags'
        : undefined),
  },
  'hub with anonymous subscribers': {
    settings: { ...HUB, mercure_anonymous: true },
    requires: ['mercure_publisher_key', 'mercure_subscriber_key', 'mercure_anonymous'],
    unmet: (settings) =>
      unmetKeys(settings) ??
      (settings.mercure_anonymous === true
        ? undefined
        : 'requires anonymous subscribers; enable them, then pass --mercure-anonymous'),
  },
  'open hub': {
    settings: { ...HUB, mercure_open: true },
    requires: ['mercure_open'],
    unmet: ({ mercure_open }) =>
      mercure_open === true ? undefined : 'requires an open hub; enable it, then pass --mercure-open',
  },
  'hub for listed origins': {
    settings: { ...HUB, cors: ['https://a.example', 'http://b.example:8080'] },
    requires: ['cors', 'mercure_publisher_key', 'mercure_subscriber_key'],
    unmet: (settings) =>
      unmetKeys(settings) ??
      ((settings.cors ?? []).length > 0 ? undefined : 'requires a list of allowed origins; configure it, then pass --cors'),
  },
  'hub with short history': {
    settings: { ...HUB, history_messages: 2 },
    requires: ['history_messages'],
    unmet: ({ history_messages = Infinity, ...settings }) =>
      unmetAccess(settings) ?? atMost('history_messages', history_messages, 100),
  },
  'hub with low limits': {
    settings: { ...HUB, max_message_bytes: 66_000, send_buffer_bytes: 66_000 },
    requires: ['max_message_bytes', 'send_buffer_bytes'],
    unmet: ({ max_message_bytes = Infinity, send_buffer_bytes = Infinity, ...settings }) =>
      unmetAccess(settings) ??
      atMost('max_message_bytes', max_message_bytes, 1_000_000) ??
      atMost('send_buffer_bytes', send_buffer_bytes, 1_000_000),
  },
  'hub with short heartbeat': {
    settings: { ...HUB, stream_heartbeat: 200 },
    requires: ['stream_heartbeat'],
    unmet: ({ stream_heartbeat = Infinity, ...settings }) =>
      unmetAccess(settings) ?? atMost('stream_heartbeat', stream_heartbeat, 10_000),
    extraWait: ({ stream_heartbeat = 0 }) => 3 * stream_heartbeat,
  },
  'topic relay': { settings: RELAY, requires: [] },
  'topic relay with two realms': {
    settings: { ...RELAY, key: ['here', 'there'] },
    requires: [],
    unmet: ({ key = [] }) => (key.length > 1 ? undefined : 'requires several keys; configure them, then pass --key for each'),
  },
  'topic relay with short ping interval': {
    settings: { ...RELAY, ping_interval: 200, alive_timeout: 1_000, cleanup_out_msgs: 100 },
    requires: ['ping_interval', 'alive_timeout'],
    unmet: ({ ping_interval = Infinity, alive_timeout = Infinity }) =>
      atMost('ping_interval', ping_interval, 5_000) ?? atMost('alive_timeout', alive_timeout, 10_000),
    extraWait: ({ ping_interval = 0, alive_timeout = 0 }) => 2 * (alive_timeout + ping_interval),
    maxDelay: ({ alive_timeout = 0 }) => alive_timeout / 8,
    isAboutLiveness: true,
  },
  centrifuge: { settings: CENTRIFUGE, requires: [] },
  'centrifuge with short ping interval': withShortPings(CENTRIFUGE),
  nats: { settings: NATS, requires: [] },
  mqtt: { settings: MQTT, requires: [] },
  'nats with short ping interval': withShortPings(NATS),
  supabase: { settings: SUPABASE, requires: [] },
} as const satisfies Readonly<Record<string, Setup>>;

function withShortPings(settings: Settings): Setup {
  return {
    settings: { ...settings, ping_interval: 500, alive_timeout: 1_500, cleanup_out_msgs: 100 },
    requires: ['ping_interval', 'alive_timeout'],
    unmet: ({ ping_interval = Infinity, alive_timeout = Infinity }) =>
      atMost('ping_interval', ping_interval, 5_000) ?? atMost('alive_timeout', alive_timeout, 10_000),
    extraWait: ({ ping_interval = 0, alive_timeout = 0 }) => 2 * (alive_timeout + ping_interval),
    maxDelay: ({ alive_timeout = 0 }) => alive_timeout / 8,
    isAboutLiveness: true,
  };
}

function unmetAccess(settings: Settings): string | undefined {
  return settings.mercure_open === true || unmetKeys(settings) === undefined
    ? undefined
    : 'requires --mercure-open, or both --mercure-publisher-key and --mercure-subscriber-key';
}

/** The suite can sign tokens with shared secrets only. */
function unmetKeys({ mercure_publisher_key: publisher, mercure_subscriber_key: subscriber }: Settings): string | undefined {
  for (const key of [publisher, subscriber]) {
    if (key === undefined || key.startsWith('-----BEGIN')) {
      return 'requires shared secrets: pass --mercure-publisher-key and --mercure-subscriber-key';
    }
  }
  return undefined;
}
