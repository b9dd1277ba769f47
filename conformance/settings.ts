/** What a server can be set to, by the names of `peer` and, where that has none, of Signalbox. Times are milliseconds. */
export interface Settings {
  readonly path?: string;
  readonly key?: readonly string[];
  readonly expire_timeout?: number;
  readonly alive_timeout?: number;
  readonly cleanup_out_msgs?: number;
  readonly concurrent_limit?: number;
  readonly allow_discovery?: boolean;
  readonly cors?: readonly string[];
  readonly proxied?: boolean;
  readonly http_rate_limit?: number;
  readonly http_rate_window?: number;
  readonly messages_per_second?: number;
  readonly message_burst?: number;
  readonly on_flood?: string;
  readonly max_message_bytes?: number;
  readonly send_buffer_bytes?: number;
  readonly mailbox_messages?: number;
  readonly mailbox_bytes?: number;
  readonly realm_mailbox_bytes?: number;
  readonly mailboxes_per_sender?: number;
  readonly dialects?: readonly string[];
  readonly mercure_path?: string;
  readonly mercure_publisher_key?: string;
  readonly mercure_subscriber_key?: string;
  readonly mercure_anonymous?: boolean;
  readonly mercure_open?: boolean;
  readonly stream_heartbeat?: number;
  readonly history_messages?: number;
  readonly relay_path?: string;
  readonly ping_interval?: number;
}

export type SettingName = keyof Settings;

/** Settings that are whole numbers. */
export type NumberSetting = {
  [Name in SettingName]: NonNullable<Settings[Name]> extends number ? Name : never;
}[SettingName];

type Kind = 'number' | 'truth' | 'text' | 'list';

interface Setting {
  readonly kind: Kind;
  readonly meaning: string;
}

/** Every setting: how it is written, and what it means. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  path: { kind: 'text', meaning: 'path under which all is served; / where it is not told' },
  key: { kind: 'list', meaning: 'key of a realm; peerjs where it is not told; repeat it where the server knows several' },
  expire_timeout: { kind: 'number', meaning: 'how long a message waits for an absent peer, in ms' },
  alive_timeout: { kind: 'number', meaning: 'how long a peer may be silent, in ms' },
  cleanup_out_msgs: { kind: 'number', meaning: 'how often expired messages are looked for, in ms; 1000 where it is not told' },
  concurrent_limit: { kind: 'number', meaning: 'peers at one time' },
  allow_discovery: { kind: 'truth', meaning: 'peers are listed; not so where it is not told' },
  cors: { kind: 'list', meaning: 'origin that is welcome; every one where none is told' },
  proxied: { kind: 'truth', meaning: 'one proxy is trusted to tell the address of a client' },
  http_rate_limit: { kind: 'number', meaning: 'HTTP requests of one address in one window' },
  http_rate_window: { kind: 'number', meaning: 'the window, in ms' },
  messages_per_second: { kind: 'number', meaning: 'messages of one peer each second' },
  message_burst: { kind: 'number', meaning: 'messages of one peer at once' },
  on_flood: { kind: 'text', meaning: 'what happens to a peer that sends more: close or pause' },
  max_message_bytes: { kind: 'number', meaning: 'size of a message' },
  send_buffer_bytes: { kind: 'number', meaning: 'what may wait for a peer that reads slowly' },
  mailbox_messages: { kind: 'number', meaning: 'messages for one absent peer' },
  mailbox_bytes: { kind: 'number', meaning: 'bytes for one absent peer' },
  realm_mailbox_bytes: { kind: 'number', meaning: 'bytes for all absent peers' },
  mailboxes_per_sender: { kind: 'number', meaning: 'absent peers that messages of one sender wait for' },
  dialects: { kind: 'list', meaning: 'wire that is served beside that of PeerJS, for a server that must be told' },
  mercure_path: { kind: 'text', meaning: 'path of the Mercure endpoint; /.well-known/mercure where it is not told' },
  mercure_publisher_key: { kind: 'text', meaning: 'secret that tokens of publishers are signed with, by HS256' },
  mercure_subscriber_key: { kind: 'text', meaning: 'secret that tokens of subscribers are signed with, by HS256' },
  mercure_anonymous: { kind: 'truth', meaning: 'who has no token may subscribe' },
  mercure_open: { kind: 'truth', meaning: 'who has no token may subscribe and publish' },
  stream_heartbeat: { kind: 'number', meaning: 'how often a stream is sent a comment, in ms' },
  history_messages: { kind: 'number', meaning: 'publications that are kept for who comes back' },
  relay_path: { kind: 'text', meaning: 'path of the topic relay; /relay where it is not told' },
  ping_interval: { kind: 'number', meaning: 'how often who sends no heartbeat is pinged, in ms' },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** A setting as a flag of the suite: `--expire-timeout`. */
export function flagOf(name: SettingName): string {
  return `--${name.replaceAll('_', '-')}`;
}
