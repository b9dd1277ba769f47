import type { Settings } from './settings.ts';
import { atMost, LONG_TIMEOUTS, type Setup } from './setup.ts';

const SECRET = 'the secret of the conformance suite, which is no secret';
const HUB: Settings = {
  ...LONG_TIMEOUTS,
  dialects: ['peerjs', 'mercure'],
  mercure_publisher_key: SECRET,
  mercure_subscriber_key: SECRET,
};
const RELAY: Settings = { ...LONG_TIMEOUTS, dialects: ['peerjs', 'relay'] };

/** How a server is set for the cases of Mercure and of the topic relay. */
export const TOPIC_SETUPS = {
  hub: { settings: HUB, requires: [], unmet: unmetAccess },
  'hub with tokens': { settings: HUB, requires: ['mercure_publisher_key', 'mercure_subscriber_key'], unmet: unmetKeys },
  'hub with guests': {
    settings: { ...HUB, mercure_anonymous: true },
    requires: ['mercure_publisher_key', 'mercure_subscriber_key', 'mercure_anonymous'],
    unmet: (settings) => unmetKeys(settings) ?? (settings.mercure_anonymous === true ? undefined : 'needs --mercure-anonymous'),
  },
  'open hub': {
    settings: { ...HUB, mercure_open: true },
    requires: ['mercure_open'],
    unmet: ({ mercure_open }) => (mercure_open === true ? undefined : 'needs --mercure-open'),
  },
  'hub for listed origins': {
    settings: { ...HUB, cors: ['https://a.example', 'http://b.example:8080'] },
    requires: ['cors', 'mercure_publisher_key', 'mercure_subscriber_key'],
    unmet: (settings) => unmetKeys(settings) ?? ((settings.cors ?? []).length > 0 ? undefined : 'needs listed origins: --cors'),
  },
  'hub that forgets': {
    settings: { ...HUB, history_messages: 2 },
    requires: ['history_messages'],
    unmet: ({ history_messages = Infinity, ...settings }) =>
      unmetAccess(settings) ?? atMost('history_messages', history_messages, 100),
  },
  'hub with small bounds': {
    settings: { ...HUB, max_message_bytes: 66_000, send_buffer_bytes: 66_000 },
    requires: ['max_message_bytes', 'send_buffer_bytes'],
    unmet: ({ max_message_bytes = Infinity, send_buffer_bytes = Infinity, ...settings }) =>
      unmetAccess(settings) ??
      atMost('max_message_bytes', max_message_bytes, 1_000_000) ??
      atMost('send_buffer_bytes', send_buffer_bytes, 1_000_000),
  },
  'hub that is heard': {
    settings: { ...HUB, stream_heartbeat: 200 },
    requires: ['stream_heartbeat'],
    unmet: ({ stream_heartbeat = Infinity, ...settings }) =>
      unmetAccess(settings) ?? atMost('stream_heartbeat', stream_heartbeat, 10_000),
    extraWait: ({ stream_heartbeat = 0 }) => 3 * stream_heartbeat,
  },
  'topic relay': { settings: RELAY, requires: [] },
  'topic relay of two realms': {
    settings: { ...RELAY, key: ['here', 'there'] },
    requires: [],
    unmet: ({ key = [] }) => (key.length > 1 ? undefined : 'needs a server with several keys: --key'),
  },
  'topic relay that pings': {
    settings: { ...RELAY, ping_interval: 200, alive_timeout: 1_000, cleanup_out_msgs: 100 },
    requires: ['ping_interval', 'alive_timeout'],
    unmet: ({ ping_interval = Infinity, alive_timeout = Infinity }) =>
      atMost('ping_interval', ping_interval, 5_000) ?? atMost('alive_timeout', alive_timeout, 10_000),
    extraWait: ({ ping_interval = 0, alive_timeout = 0 }) => 2 * (alive_timeout + ping_interval),
    isAboutLiveness: true,
  },
} as const satisfies Readonly<Record<string, Setup>>;

function unmetAccess(settings: Settings): string | undefined {
  return settings.mercure_open === true || unmetKeys(settings) === undefined
    ? undefined
    : 'needs --mercure-open, or secrets: --mercure-publisher-key, --mercure-subscriber-key';
}

/** The suite can sign by a secret only. */
function unmetKeys({ mercure_publisher_key: publisher, mercure_subscriber_key: subscriber }: Settings): string | undefined {
  for (const key of [publisher, subscriber]) {
    if (key === undefined || key.startsWith('-----BEGIN')) {
      return 'needs secrets: --mercure-publisher-key, --mercure-subscriber-key';
    }
  }
  return undefined;
}
