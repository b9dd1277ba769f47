/**
 * The configuration of a server, with the option names of `peer` or, for other options, of Signalbox. Times are milliseconds, but
 * seconds for `auth_leeway` and `turn_ttl`.
 */
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
  readonly centrifuge_path?: string;
  readonly nats_path?: string;
  readonly mqtt_path?: string;
  readonly supabase_path?: string;
  readonly ping_interval?: number;
  readonly auth?: string;
  readonly auth_key?: string;
  readonly auth_leeway?: number;
  readonly auth_failures_per_minute?: number;
  readonly stun?: readonly string[];
  readonly turn?: readonly string[];
  readonly turn_secret?: string;
  readonly turn_user?: string;
  readonly turn_password?: string;
  readonly turn_ttl?: number;
  readonly ice_access?: string;
  readonly ice_push?: boolean;
  readonly ice_rate_limit?: number;
}

export type SettingName = keyof Settings;

/** The names of numeric settings. */
export type NumberSetting = {
  [Name in SettingName]: NonNullable<Settings[Name]> extends number ? Name : never;
}[SettingName];

type Kind = 'number' | 'truth' | 'text' | 'list';

interface Setting {
  readonly kind: Kind;
  readonly meaning: string;
}

/** All settings with type and description. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  path: { kind: 'text', meaning: 'path prefix of the server [/]' },
  key: { kind: 'list', meaning: 'key of a realm, repeatable [peerjs]' },
  expire_timeout: { kind: 'number', meaning: 'how long a message for an absent peer is kept, in ms' },
  alive_timeout: { kind: 'number', meaning: 'liveness timeout of a peer, in ms' },
  cleanup_out_msgs: { kind: 'number', meaning: 'interval of the sweep for expired messages, in ms [1000]' },
  concurrent_limit: { kind: 'number', meaning: 'maximum number of peers' },
  allow_discovery: { kind: 'truth', meaning: 'the server lists its peers [false]' },
  cors: { kind: 'list', meaning: 'allowed origin, repeatable [all]' },
  proxied: { kind: 'truth', meaning: 'the server trusts one proxy for client addresses' },
  http_rate_limit: { kind: 'number', meaning: 'HTTP requests per client address and window' },
  http_rate_window: { kind: 'number', meaning: 'length of the window, in ms' },
  messages_per_second: { kind: 'number', meaning: 'messages per second and peer' },
  message_burst: { kind: 'number', meaning: 'messages that a peer may send at once' },
  on_flood: { kind: 'text', meaning: 'reaction to a rate limit violation: close or pause' },
  max_message_bytes: { kind: 'number', meaning: 'maximum size of a message, in bytes' },
  send_buffer_bytes: { kind: 'number', meaning: 'maximum number of buffered bytes for a slow peer' },
  mailbox_messages: { kind: 'number', meaning: 'maximum number of messages for one absent peer' },
  mailbox_bytes: { kind: 'number', meaning: 'maximum number of bytes for one absent peer' },
  realm_mailbox_bytes: { kind: 'number', meaning: 'maximum number of bytes for all absent peers' },
  mailboxes_per_sender: { kind: 'number', meaning: 'maximum number of absent peers per sender' },
  dialects: { kind: 'list', meaning: 'dialect to enable in addition to peerjs, repeatable' },
  mercure_path: { kind: 'text', meaning: 'path of the Mercure hub [/.well-known/mercure]' },
  mercure_publisher_key: { kind: 'text', meaning: 'HS256 secret of publisher tokens' },
  mercure_subscriber_key: { kind: 'text', meaning: 'HS256 secret of subscriber tokens' },
  mercure_anonymous: { kind: 'truth', meaning: 'clients without a token may subscribe' },
  mercure_open: { kind: 'truth', meaning: 'clients without a token may subscribe and publish' },
  stream_heartbeat: { kind: 'number', meaning: 'interval of comments on an event stream, in ms' },
  history_messages: { kind: 'number', meaning: 'number of publications kept for replay' },
  relay_path: { kind: 'text', meaning: 'path of the topic relay [/relay]' },
  centrifuge_path: { kind: 'text', meaning: 'path of the Centrifuge server [/connection/websocket]' },
  nats_path: { kind: 'text', meaning: 'path of the WebSocket endpoint for NATS clients [/nats]' },
  mqtt_path: { kind: 'text', meaning: 'path of the WebSocket endpoint for MQTT clients [/mqtt]' },
  supabase_path: { kind: 'text', meaning: 'path of the Supabase Realtime server [/realtime/v1]' },
  ping_interval: { kind: 'number', meaning: 'interval of pings for clients without heartbeats, in ms' },
  auth: { kind: 'text', meaning: 'clients that may connect: open, optional or required' },
  auth_key: { kind: 'text', meaning: 'HS256 secret of the tokens of clients' },
  auth_leeway: { kind: 'number', meaning: 'allowed difference of clocks for tokens, in s' },
  auth_failures_per_minute: { kind: 'number', meaning: 'failed authentications per client address and minute; 0 is no limit' },
  stun: { kind: 'list', meaning: 'URL of a STUN server that clients receive, repeatable' },
  turn: { kind: 'list', meaning: 'URL of a TURN server that clients receive, repeatable' },
  turn_secret: { kind: 'text', meaning: 'secret shared with the TURN servers' },
  turn_user: { kind: 'text', meaning: 'user name of fixed TURN credentials' },
  turn_password: { kind: 'text', meaning: 'password of fixed TURN credentials' },
  turn_ttl: { kind: 'number', meaning: 'lifetime of TURN credentials, in s' },
  ice_access: { kind: 'text', meaning: 'clients that receive ICE servers: peers or everybody' },
  ice_push: { kind: 'truth', meaning: 'the server sends ICE servers before OPEN' },
  ice_rate_limit: { kind: 'number', meaning: 'requests for ICE servers per client address and minute; 0 is unlimited' },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The flag of a setting: `--expire-timeout`. */
export function flagOf(name: SettingName): string {
  return `--${name.replaceAll('_', '-')}`;
}
