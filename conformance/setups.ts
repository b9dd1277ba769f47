import { ACCESS_SETUPS } from './access-setups.ts';
import type { Settings } from './settings.ts';
import { atLeast, atMost, LONG_TIMEOUTS, type Setup } from './setup.ts';
import { TOPIC_SETUPS } from './topic-setups.ts';

const SWEEP_MS = 100;
const DEFAULT_SWEEP_MS = 1_000;
/** The bucket of a rate limit refills while the machine is busy. */
const MAX_RATE_DELAY_MS = 200;
/** The highest limit that a case fills up. */
const MAX_FILLABLE_LIMIT = 50;

const SETUPS_BY_NAME = {
  'long timeouts': { settings: LONG_TIMEOUTS, requires: [] },
  /** Messages are held long enough for the recipient to connect. */
  mailboxes: {
    settings: LONG_TIMEOUTS,
    requires: [],
    unmet: ({ expire_timeout = 5_000, mailbox_messages = Infinity }) =>
      atLeast('expire_timeout', expire_timeout, 1_000) ?? atLeast('mailbox_messages', mailbox_messages, 100),
    maxDelay: ({ expire_timeout = 5_000 }) => expire_timeout / 8,
  },
  'no discovery': {
    settings: { ...LONG_TIMEOUTS, allow_discovery: false },
    requires: [],
    unmet: ({ allow_discovery }) =>
      allow_discovery === true ? 'requires a server without discovery; disable allow_discovery' : undefined,
  },
  discovery: {
    settings: { ...LONG_TIMEOUTS, allow_discovery: true },
    requires: [],
    unmet: ({ allow_discovery }) =>
      allow_discovery === true ? undefined : 'requires a server with discovery; enable it, then pass --allow-discovery',
  },
  'path prefix': {
    settings: { ...LONG_TIMEOUTS, path: '/myapp' },
    requires: [],
    unmet: ({ path = '/' }) => (path === '/' ? 'requires a path prefix; configure one, then pass --path' : undefined),
  },
  'path prefix with a slash': {
    settings: { ...LONG_TIMEOUTS, path: '/myapp/' },
    requires: [],
    unmet: ({ path = '' }) =>
      path.length > 1 && path.endsWith('/') ? undefined : 'requires a path prefix with a slash at its end; pass --path /name/',
  },
  'any origin': {
    settings: { ...LONG_TIMEOUTS, cors: [] },
    requires: [],
    unmet: ({ cors = [] }) => (cors.length > 0 ? 'requires a server without a list of origins' : undefined),
  },
  'listed origins': {
    settings: { ...LONG_TIMEOUTS, cors: ['https://a.example', 'http://b.example:8080'] },
    requires: [],
    unmet: ({ cors = [] }) =>
      cors.length > 0 && !cors.includes('*') ? undefined : 'requires a list of allowed origins; configure it, then pass --cors',
  },
  'wildcard origin': {
    settings: { ...LONG_TIMEOUTS, cors: ['*'] },
    requires: [],
    unmet: ({ cors = [] }) =>
      cors.includes('*') ? undefined : 'requires a server that allows every origin; configure it, then pass --cors "*"',
  },
  'low concurrent limit': {
    settings: { ...LONG_TIMEOUTS, concurrent_limit: 2 },
    requires: ['concurrent_limit'],
    unmet: ({ concurrent_limit = Infinity }) => atMost('concurrent_limit', concurrent_limit, MAX_FILLABLE_LIMIT),
  },
  'two keys': {
    settings: { ...LONG_TIMEOUTS, allow_discovery: true, key: ['here', 'there'] },
    requires: [],
    unmet: ({ key = [] }) => (key.length > 1 ? undefined : 'requires several keys; configure them, then pass --key for each'),
  },
  'messages expire': {
    settings: { ...LONG_TIMEOUTS, expire_timeout: 600, cleanup_out_msgs: SWEEP_MS },
    requires: ['expire_timeout'],
    unmet: ({ expire_timeout = Infinity }) => atMost('expire_timeout', expire_timeout, 6_000),
    extraWait: expiryDelay,
    maxDelay: ({ expire_timeout = 0 }) => expire_timeout / 8,
  },
  'messages expire later': {
    settings: { ...LONG_TIMEOUTS, expire_timeout: 2_000, cleanup_out_msgs: SWEEP_MS },
    requires: ['expire_timeout'],
    unmet: ({ expire_timeout = Infinity }) =>
      atLeast('expire_timeout', expire_timeout, 1_500) ?? atMost('expire_timeout', expire_timeout, 6_000),
    extraWait: expiryDelay,
    maxDelay: ({ expire_timeout = 0 }) => expire_timeout / 8,
  },
  'short liveness timeout': {
    settings: { ...LONG_TIMEOUTS, alive_timeout: 1_200, cleanup_out_msgs: SWEEP_MS },
    requires: ['alive_timeout'],
    unmet: ({ alive_timeout = Infinity }) => atMost('alive_timeout', alive_timeout, 10_000),
    extraWait: ({ alive_timeout = 0, cleanup_out_msgs = DEFAULT_SWEEP_MS }) => 2 * (alive_timeout + cleanup_out_msgs),
    maxDelay: ({ alive_timeout = 0 }) => alive_timeout / 8,
    isAboutLiveness: true,
  },
  /** For random runs: short timeouts and low limits. */
  'random runs': {
    settings: {
      ...{ expire_timeout: 700, alive_timeout: 2_000, cleanup_out_msgs: SWEEP_MS, key: ['here', 'there'] },
      ...{ mailbox_messages: 12, mailboxes_per_sender: 6, concurrent_limit: 500 },
    },
    requires: [],
  },
  'small mailboxes': {
    settings: {
      ...LONG_TIMEOUTS,
      mailbox_messages: 10,
      max_message_bytes: 20_000,
      mailbox_bytes: 24_000,
      mailboxes_per_sender: 5,
    },
    requires: ['mailbox_messages', 'mailbox_bytes', 'mailboxes_per_sender'],
    unmet: ({ mailbox_messages = Infinity, mailbox_bytes = Infinity, mailboxes_per_sender = Infinity }) =>
      atMost('mailbox_messages', mailbox_messages, 1_000) ??
      atMost('mailbox_bytes', mailbox_bytes, 4_000_000) ??
      atMost('mailboxes_per_sender', mailboxes_per_sender, 1_000),
  },
  'small realm': {
    settings: { ...LONG_TIMEOUTS, max_message_bytes: 15_000, mailbox_bytes: 18_000, realm_mailbox_bytes: 20_000 },
    requires: ['realm_mailbox_bytes'],
    unmet: ({ realm_mailbox_bytes = Infinity }) => atMost('realm_mailbox_bytes', realm_mailbox_bytes, 4_000_000),
  },
  'low HTTP rate limit': {
    settings: { ...LONG_TIMEOUTS, http_rate_limit: 5, http_rate_window: 1_000 },
    requires: ['http_rate_limit', 'http_rate_window'],
    unmet: unmetRequestLimit,
    extraWait: ({ http_rate_window = 0 }) => http_rate_window,
  },
  'low HTTP rate limit behind a proxy': {
    settings: { ...LONG_TIMEOUTS, http_rate_limit: 5, http_rate_window: 1_000, proxied: true },
    requires: ['http_rate_limit', 'http_rate_window', 'proxied'],
    unmet: (settings) =>
      settings.proxied === true
        ? unmetRequestLimit(settings)
        : 'requires a server that trusts one proxy; configure it, then pass --proxied',
    extraWait: ({ http_rate_window = 0 }) => http_rate_window,
  },
  'low message rate limit': {
    settings: { ...LONG_TIMEOUTS, messages_per_second: 20, message_burst: 20 },
    requires: ['messages_per_second', 'message_burst'],
    unmet: ({ on_flood = 'close', ...rates }) => (on_flood === 'close' ? unmetMessageLimit(rates) : 'requires --on-flood close'),
    maxDelay: () => MAX_RATE_DELAY_MS,
  },
  'low message rate limit with pause': {
    settings: { ...LONG_TIMEOUTS, messages_per_second: 20, message_burst: 20, on_flood: 'pause' },
    requires: ['messages_per_second', 'message_burst', 'on_flood'],
    unmet: ({ on_flood, ...rates }) => (on_flood === 'pause' ? unmetMessageLimit(rates) : 'requires --on-flood pause'),
    extraWait: () => 2_000,
    maxDelay: () => MAX_RATE_DELAY_MS,
  },
  'small buffers': {
    settings: {
      ...LONG_TIMEOUTS,
      max_message_bytes: 66_000,
      send_buffer_bytes: 66_000,
      messages_per_second: 100_000,
      message_burst: 100_000,
    },
    requires: ['send_buffer_bytes'],
    unmet: ({ send_buffer_bytes = Infinity }) => atMost('send_buffer_bytes', send_buffer_bytes, 1_000_000),
  },
  'small messages': {
    settings: { ...LONG_TIMEOUTS, max_message_bytes: 2_000 },
    requires: ['max_message_bytes'],
    unmet: ({ max_message_bytes = Infinity }) =>
      atLeast('max_message_bytes', max_message_bytes, 1_000) ?? atMost('max_message_bytes', max_message_bytes, 2_000_000),
  },
  ...TOPIC_SETUPS,
  ...ACCESS_SETUPS,
} as const satisfies Readonly<Record<string, Setup>>;

/** The names of the setups. */
export type SetupName = keyof typeof SETUPS_BY_NAME;

export const SETUPS: Readonly<Record<SetupName, Setup>> = SETUPS_BY_NAME;

/**
 * The unmet requirement of a setup on a server with these settings. Unless the setup sets them, the general limits must allow
 * many parallel peers, messages and requests.
 */
export function unmetRequirement({ settings: own, unmet }: Setup, settings: Settings): string | undefined {
  if (settings.auth === 'required' && own.auth === undefined) {
    return 'requires a server that admits clients without a JSON Web Token';
  }
  const room = { concurrent_limit: 300, message_burst: 400, http_rate_limit: 1_000 } as const;
  for (const [name, least] of Object.entries(room) as [keyof typeof room, number][]) {
    const bound = settings[name];
    if (own[name] === undefined && bound !== undefined && !(name === 'http_rate_limit' && bound === 0)) {
      const missing = atLeast(name, bound, least);
      if (missing !== undefined) return missing;
    }
  }
  return unmet?.(settings);
}

function expiryDelay({ expire_timeout = 0, cleanup_out_msgs = DEFAULT_SWEEP_MS }: Settings): number {
  return expire_timeout + cleanup_out_msgs;
}

function unmetRequestLimit({ http_rate_limit = Infinity, http_rate_window = Infinity }: Settings): string | undefined {
  return (
    atLeast('http_rate_limit', http_rate_limit, 1) ??
    atMost('http_rate_limit', http_rate_limit, 10) ??
    atMost('http_rate_window', http_rate_window, 5_000)
  );
}

function unmetMessageLimit({ messages_per_second = Infinity, message_burst = Infinity }: Settings): string | undefined {
  return atMost('messages_per_second', messages_per_second, 100) ?? atMost('message_burst', message_burst, 100);
}
