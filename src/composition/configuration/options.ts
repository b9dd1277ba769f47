import { MAX_CONNECTIONS } from '../../domain/ids.ts';
import { ADMIN_OPTIONS } from './admin-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { CLUSTER_OPTIONS } from './cluster-options.ts';
import { DIALECT_OPTIONS } from './dialect-options.ts';
import { ICE_OPTIONS } from './ice-options.ts';
import { LIMIT_OPTIONS } from './limit-options.ts';
import { choice, flag, type Group, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { METRICS_OPTIONS } from './metrics-options.ts';
import { REALM_OPTIONS } from './realm-options.ts';
import { file, files, host, keys, mailboxPlace, moduleOrFolder, trustedProxies, urlPath } from './option-types.ts';
import { origins } from './origin-option.ts';
import { WEBHOOK_OPTIONS } from './webhook-options.ts';

/** The schema: all options, in the order of the help and of docs/options.md. */
export const OPTIONS = {
  port: option(integer({ unit: '', min: 0, max: 65_535, placeholder: '<port>' }), {
    group: 'Serving',
    short: 'p',
    description: 'Port to listen on. 0 selects a free port. The default is that of the peer package.',
    default: 9000,
    env: ['PEERJS_PORT', 'PORT'],
  }),
  host: option(host(), {
    group: 'Serving',
    short: 'H',
    description: "Host name or address to listen on. '::' also accepts IPv4. On a machine without IPv6, '::' becomes '0.0.0.0'.",
    default: '::',
    env: ['PEERJS_HOST'],
  }),
  path: option(urlPath(), {
    group: 'Serving',
    dialects: ['peerjs'],
    description:
      'Path prefix of the PeerJS endpoints; a slash is added at both ends. Each other dialect has a path option of its ' + 'own.',
    effect: 'Requests under any other path: 404 (H8, O9).',
    default: '/',
    env: ['PEERJS_PATH', 'PEERSERVER_PATH'],
  }),
  sslkey: option(maybe(file()), {
    group: 'Serving',
    description: 'PEM file with the private key for TLS. Requires sslcert. Without both, the broker serves plain HTTP.',
    default: undefined,
  }),
  sslcert: option(maybe(file()), {
    group: 'Serving',
    description: 'PEM file with the certificate chain for TLS. Requires sslkey.',
    default: undefined,
  }),
  transport: option(choice(['auto', 'uws', 'node']), {
    group: 'Serving',
    description:
      'Server library: uws (uWebSockets.js) or node (node:http). auto selects uws if it loads, else node. ' +
      'Behind a proxy, uws needs HTTP/1.1.',
    effect:
      'Both follow the same rules. uws answers 505 to HTTP/1.0 and to a request line in several TCP segments; see the page ' +
      'on the PeerJS wire.',
    default: 'auto',
  }),
  uws: option(maybe(moduleOrFolder()), {
    group: 'Serving',
    description:
      'uWebSockets.js of your own. Without this option, the one of your application is used, if it is installed. The page on ' +
      'the server library says how to install it for each version of Node.',
    effect: 'The broker does not start if the library has no build for its Node. Without effect on the transport node.',
    default: undefined,
  }),
  profile: option(choice(['drop-in', 'hardened']), {
    group: 'Serving',
    description:
      'Set of defaults: with drop-in, applications of the peer package keep working; hardened has lower limits for the ' +
      'open internet.',
    default: 'drop-in',
  }),
  drain_timeout: option(integer({ unit: 'ms', min: 0, max: LONGEST_MS }), {
    group: 'Serving',
    description: 'Time that a graceful shutdown waits for connections to close before it terminates them.',
    effect: 'During the shutdown: close 1012, and 503 for new handshakes.',
    default: 10_000,
  }),

  drain_spread: option(integer({ unit: 'ms', min: 0, max: LONGEST_MS }), {
    group: 'Serving',
    description:
      'Time over which a graceful shutdown spreads its close frames. A spread keeps the peers from reconnecting to the ' +
      'other brokers all at once. With 0, all connections close at the same time.',
    effect: 'Close 1012 at some moment within this time. A connection works until then.',
    default: 0,
  }),

  key: option(keys(), {
    group: 'Peers and messages',
    short: 'k',
    description:
      'Key of a realm. Peers see only peers of their own realm. Repeat the option for several realms. PeerJS clients ' +
      'send the default unless they set a key. One * in a key makes it a pattern, such as team-*: every key that matches has ' +
      'a realm while it is in use. Clients that send no key get the first key without *.',
    effect: 'Unknown key: ERROR "Invalid key provided" and close 1008 (O2); 401 for the list of peers (H4).',
    default: ['peerjs'],
    env: ['PEERJS_KEY'],
  }),
  concurrent_limit: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Peers and messages',
    short: 'c',
    description: 'Maximum number of connected peers in each realm. The default is that of the peer package.',
    effect: 'At the limit: ERROR "Server has reached its concurrent user limit" and close 1013. A reconnect is accepted (O6).',
    default: 5000,
  }),
  expire_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    short: 't',
    description: 'Time that a message waits for an absent peer. The default is that of the peer package.',
    effect: 'At the end: EXPIRE for the sender (M14).',
    default: 5000,
  }),
  mailboxes: option(mailboxPlace(), {
    group: 'Peers and messages',
    description:
      'Place of the messages for absent peers: memory, or sqlite:<file>, whose messages survive a restart and a crash of the ' +
      'broker. A file belongs to one broker. SQLite needs Node 22.13 or later, or the package better-sqlite3.',
    effect: 'While the file can not be written: EXPIRE at once (M24).',
    default: 'memory',
  }),
  alive_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    description:
      'Liveness timeout: time without any frame from a peer after which its connection is closed. Use at least twice ' +
      'the heartbeat interval of the clients, which is 5000 ms for PeerJS. The drop-in library has a default of 90000 ' +
      'ms, as the peer package does.',
    effect:
      'After half of the time: a ping, whose answer counts for a limited time (L5). At the end: close 4002, and the id ' +
      'is free (L1).',
    default: 60_000,
  }),
  cleanup_out_msgs: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    description: 'Minimum interval between two searches for expired messages and timed-out peers.',
    effect: 'M14 and L1 may be late by this interval.',
    default: 1000,
  }),
  allow_discovery: option(flag(), {
    group: 'Peers and messages',
    dialects: ['peerjs'],
    description: 'Allows every client that has the key to list the peers of its realm.',
    effect: 'Off: 401 for the list of peers (H3). On: all ids of the realm (H4).',
    default: false,
    env: ['PEERJS_ALLOW_DISCOVERY'],
  }),

  cors: option(origins(), {
    group: 'Pages and proxies',
    description:
      'Origin of web pages that may use the broker. https://*.example.org matches all subdomains, http://localhost:* ' +
      'all ports. Repeat the option for several origins. Pages from the broker itself must be listed too, unless its address ' +
      'is an IP address or localhost. Without a value, or with * alone, every origin is allowed.',
    effect: 'Other origins: pages can read no response (H6), and handshakes and POST requests get 403 (O10).',
    default: [],
    env: ['PEERJS_CORS_ORIGIN'],
    isGreedy: true,
  }),
  proxied: option(trustedProxies(), {
    group: 'Pages and proxies',
    description:
      'Trusted proxies, whose x-forwarded-for header gives the client address: a number of hops before the broker, or ' +
      'addresses and subnets. Without a value: one hop.',
    effect: 'Limits for each address apply to the address of the client (H10).',
    default: false,
  }),

  doctor: option(choice(['on', 'off', 'admin']), {
    group: 'Pages and proxies',
    description:
      'Serves the page doctor under path, and doctor/hello, doctor/socket and doctor/stream for it and for signalbox doctor. They ' +
      'tell a client only about its own request. admin serves the routes at the root of the admin listener ' +
      'instead, without the page; without one it is the same as off.',
    effect: 'off and admin: 404 on the public port (DOC4).',
    default: 'on',
    hardened: 'off',
  }),

  playground: option(flag(), {
    group: 'Pages and proxies',
    dialects: ['peerjs'],
    description:
      'Serves the page playground under path, in which two peers connect over this broker, step by step. With cors, list the ' +
      'origin of the broker itself.',
    effect: 'Off: 404 (H20).',
    default: true,
    hardened: false,
  }),

  ...AUTH_OPTIONS,
  ...WEBHOOK_OPTIONS,

  ...ICE_OPTIONS,
  ...REALM_OPTIONS,

  ...DIALECT_OPTIONS,

  ...LIMIT_OPTIONS,

  ...CLUSTER_OPTIONS,

  ...METRICS_OPTIONS,

  ...ADMIN_OPTIONS,

  log_level: option(
    choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { warning: 'warn', critical: 'fatal' }),
    {
      group: 'Log',
      description: 'Minimum level that is logged: info for events, warn for refusals, error for faults.',
      default: 'info',
      env: ['PEERJS_LOG_LEVEL'],
    },
  ),
  log_format: option(choice(['auto', 'pretty', 'json', 'logfmt']), {
    group: 'Log',
    description:
      'Log format: pretty for people, json or logfmt (name=value) for machines, one line for each event. auto selects ' +
      'pretty on a terminal, else json.',
    default: 'auto',
  }),

  config: option(maybe(file()), {
    group: 'Command line',
    scope: 'outside the file',
    description:
      'File with options by these names, in YAML (.yaml, .yml), TOML (.toml) or else JSON. The command line and the ' +
      'environment override it.',
    default: undefined,
  }),
  plugin: option(files(), {
    group: 'Command line',
    scope: 'outside the file',
    description:
      'ES module with adapters of your own, such as a mailbox store. Repeat the option for several modules. The page on ' +
      'adding an adapter describes its default export.',
    effect: 'An adapter of the module replaces that of the options.',
    default: [],
  }),
  print_config: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    description: 'Prints all options in effect as such a file, without secrets, and exits.',
    default: false,
  }),
  check: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    description: 'Checks the options, the config file and the certificate, and exits with 0, or with 2 if one is invalid.',
    default: false,
  }),
  version: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    short: 'v',
    description: 'Prints the version and exits.',
    default: false,
  }),
  help: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    short: 'h',
    description: 'Prints this help and exits.',
    default: false,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;

export type OptionName = keyof typeof OPTIONS;

/** The type of the resolved value of an option. */
export type ValueOf<Name extends OptionName> = (typeof OPTIONS)[Name] extends Option<infer Value, unknown> ? Value : never;

/** The type of the value that a program may give for an option. */
export type GivenFor<Name extends OptionName> = (typeof OPTIONS)[Name] extends Option<unknown, infer Given> ? Given : never;

/** The resolved values of all options by name. */
export type Settings = { readonly [Name in OptionName]: ValueOf<Name> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** The options of each group, in the order of the schema. */
export const GROUPS: readonly (readonly [Group, readonly OptionName[]])[] = [
  ...new Set(OPTION_NAMES.map((name) => OPTIONS[name].group)),
].map((group) => [group, OPTION_NAMES.filter((name) => OPTIONS[name].group === group)]);
