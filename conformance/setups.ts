import type { Settings } from './settings.ts';
import { atLeast, atMost, CALM, type Setup } from './setup.ts';
import { TOPIC_SETUPS } from './topic-setups.ts';

const SWEEP_MS = 100;
const USUAL_SWEEP_MS = 1_000;
/** More than the window of a slow machine lets through, and less than what hurts. */
const MANY_PEERS = 50;

const SETUPS_BY_NAME = {
  calm: { settings: CALM, needs: [] },
  /** Messages wait long enough for a case to come back for them. */
  'messages wait': {
    settings: CALM,
    needs: [],
    fits: ({ expire_timeout = 5_000, mailbox_messages = Infinity }) =>
      atLeast('expire_timeout', expire_timeout, 1_000) ?? atLeast('mailbox_messages', mailbox_messages, 100),
  },
  'no discovery': {
    settings: { ...CALM, allow_discovery: false },
    needs: [],
    fits: ({ allow_discovery }) => (allow_discovery === true ? 'needs a server that lists no peers' : undefined),
  },
  discovery: {
    settings: { ...CALM, allow_discovery: true },
    needs: [],
    fits: ({ allow_discovery }) =>
      allow_discovery === true ? undefined : 'needs a server that lists its peers: --allow-discovery',
  },
  'below a path': {
    settings: { ...CALM, path: '/myapp' },
    needs: [],
    fits: ({ path = '/' }) => (path === '/' ? 'needs a server that is not at the root: --path' : undefined),
  },
  'open origins': {
    settings: { ...CALM, cors: [] },
    needs: [],
    fits: ({ cors = [] }) => (cors.length > 0 ? 'needs a server without listed origins' : undefined),
  },
  'listed origins': {
    settings: { ...CALM, cors: ['https://a.example', 'http://b.example:8080'] },
    needs: [],
    fits: ({ cors = [] }) => (cors.length > 0 && !cors.includes('*') ? undefined : 'needs a server with listed origins: --cors'),
  },
  'every origin listed': {
    settings: { ...CALM, cors: ['*'] },
    needs: [],
    fits: ({ cors = [] }) => (cors.includes('*') ? undefined : 'needs a server that lists every origin: --cors "*"'),
  },
  'few peers': {
    settings: { ...CALM, concurrent_limit: 2 },
    needs: ['concurrent_limit'],
    fits: ({ concurrent_limit = Infinity }) => atMost('concurrent_limit', concurrent_limit, MANY_PEERS),
  },
  'two keys': {
    settings: { ...CALM, allow_discovery: true, key: ['here', 'there'] },
    needs: [],
    fits: ({ key = [] }) => (key.length > 1 ? undefined : 'needs a server with several keys: --key'),
  },
  'messages expire': {
    settings: { ...CALM, expire_timeout: 600, cleanup_out_msgs: SWEEP_MS },
    needs: ['expire_timeout'],
    fits: ({ expire_timeout = Infinity }) => atMost('expire_timeout', expire_timeout, 6_000),
    waits: expiry,
  },
  'messages expire later': {
    settings: { ...CALM, expire_timeout: 2_000, cleanup_out_msgs: SWEEP_MS },
    needs: ['expire_timeout'],
    fits: ({ expire_timeout = Infinity }) =>
      atLeast('expire_timeout', expire_timeout, 1_500) ?? atMost('expire_timeout', expire_timeout, 6_000),
    waits: expiry,
  },
  'short patience': {
    settings: { ...CALM, alive_timeout: 1_200, cleanup_out_msgs: SWEEP_MS },
    needs: ['alive_timeout'],
    fits: ({ alive_timeout = Infinity }) => atMost('alive_timeout', alive_timeout, 10_000),
    waits: ({ alive_timeout = 0, cleanup_out_msgs = USUAL_SWEEP_MS }) => 2 * (alive_timeout + cleanup_out_msgs),
    isAboutSilence: true,
  },
  /** For random runs: what happens by itself happens soon, and bounds are near. */
  'anything goes': {
    settings: {
      ...{ expire_timeout: 700, alive_timeout: 2_000, cleanup_out_msgs: SWEEP_MS, key: ['here', 'there'] },
      ...{ mailbox_messages: 12, mailboxes_per_sender: 6, concurrent_limit: 500 },
    },
    needs: [],
  },
  'small mailboxes': {
    settings: { ...CALM, mailbox_messages: 10, max_message_bytes: 20_000, mailbox_bytes: 24_000, mailboxes_per_sender: 5 },
    needs: ['mailbox_messages', 'mailbox_bytes', 'mailboxes_per_sender'],
    fits: ({ mailbox_messages = Infinity, mailbox_bytes = Infinity, mailboxes_per_sender = Infinity }) =>
      atMost('mailbox_messages', mailbox_messages, 1_000) ??
      atMost('mailbox_bytes', mailbox_bytes, 4_000_000) ??
      atMost('mailboxes_per_sender', mailboxes_per_sender, 1_000),
  },
  'small realm': {
    settings: { ...CALM, max_message_bytes: 15_000, mailbox_bytes: 18_000, realm_mailbox_bytes: 20_000 },
    needs: ['realm_mailbox_bytes'],
    fits: ({ realm_mailbox_bytes = Infinity }) => atMost('realm_mailbox_bytes', realm_mailbox_bytes, 4_000_000),
  },
  'few requests': {
    settings: { ...CALM, http_rate_limit: 5, http_rate_window: 1_000 },
    needs: ['http_rate_limit', 'http_rate_window'],
    fits: fewRequests,
    waits: ({ http_rate_window = 0 }) => http_rate_window,
  },
  'few requests behind a proxy': {
    settings: { ...CALM, http_rate_limit: 5, http_rate_window: 1_000, proxied: true },
    needs: ['http_rate_limit', 'http_rate_window', 'proxied'],
    fits: (settings) => (settings.proxied === true ? fewRequests(settings) : 'needs a server that trusts one proxy'),
    waits: ({ http_rate_window = 0 }) => http_rate_window,
  },
  'few messages': {
    settings: { ...CALM, messages_per_second: 20, message_burst: 20 },
    needs: ['messages_per_second', 'message_burst'],
    fits: ({ on_flood = 'close', ...rates }) => (on_flood === 'close' ? fewMessages(rates) : 'needs on_flood to be close'),
  },
  'few messages at a time': {
    settings: { ...CALM, messages_per_second: 20, message_burst: 20, on_flood: 'pause' },
    needs: ['messages_per_second', 'message_burst', 'on_flood'],
    fits: ({ on_flood, ...rates }) => (on_flood === 'pause' ? fewMessages(rates) : 'needs on_flood to be pause'),
    waits: () => 2_000,
  },
  'small buffers': {
    settings: {
      ...CALM,
      max_message_bytes: 66_000,
      send_buffer_bytes: 66_000,
      messages_per_second: 100_000,
      message_burst: 100_000,
    },
    needs: ['send_buffer_bytes'],
    fits: ({ send_buffer_bytes = Infinity }) => atMost('send_buffer_bytes', send_buffer_bytes, 1_000_000),
  },
  'small messages': {
    settings: { ...CALM, max_message_bytes: 2_000 },
    needs: ['max_message_bytes'],
    fits: ({ max_message_bytes = Infinity }) =>
      atLeast('max_message_bytes', max_message_bytes, 1_000) ?? atMost('max_message_bytes', max_message_bytes, 2_000_000),
  },
  ...TOPIC_SETUPS,
} as const satisfies Readonly<Record<string, Setup>>;

/** How the setups are called: the words for what a case needs. */
export type SetupName = keyof typeof SETUPS_BY_NAME;

export const SETUPS: Readonly<Record<SetupName, Setup>> = SETUPS_BY_NAME;

/**
 * What a setup lacks on a server that is set like this. Where a setup does not say otherwise, many peers come at once, and
 * they ask and send a lot.
 */
export function lacks({ settings: own, fits }: Setup, settings: Settings): string | undefined {
  const room = { concurrent_limit: 300, message_burst: 400, http_rate_limit: 1_000 } as const;
  for (const [name, least] of Object.entries(room) as [keyof typeof room, number][]) {
    const bound = settings[name];
    if (own[name] === undefined && bound !== undefined && !(name === 'http_rate_limit' && bound === 0)) {
      const missing = atLeast(name, bound, least);
      if (missing !== undefined) return missing;
    }
  }
  return fits?.(settings);
}

function expiry({ expire_timeout = 0, cleanup_out_msgs = USUAL_SWEEP_MS }: Settings): number {
  return expire_timeout + cleanup_out_msgs;
}

function fewRequests({ http_rate_limit = Infinity, http_rate_window = Infinity }: Settings): string | undefined {
  return (
    atLeast('http_rate_limit', http_rate_limit, 1) ??
    atMost('http_rate_limit', http_rate_limit, 10) ??
    atMost('http_rate_window', http_rate_window, 5_000)
  );
}

function fewMessages({ messages_per_second = Infinity, message_burst = Infinity }: Settings): string | undefined {
  return atMost('messages_per_second', messages_per_second, 100) ?? atMost('message_burst', message_burst, 100);
}
