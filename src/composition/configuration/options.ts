import { MAX_CONNECTIONS } from '../../domain/ids.ts';
import { CLUSTER_OPTIONS } from './cluster-options.ts';
import { DIALECT_OPTIONS } from './dialect-options.ts';
import { LIMIT_OPTIONS } from './limit-options.ts';
import { choice, flag, type Group, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { file, host, keys, trustedProxies, urlPath } from './option-types.ts';
import { origins } from './origin-option.ts';

/** The schema: all options, in the order in which the usage and docs/options.md tell them. */
export const OPTIONS = {
  port: option(integer({ unit: '', min: 0, max: 65_535, placeholder: '<port>' }), {
    group: 'Serving',
    short: 'p',
    description: 'Port to listen on; 0 takes any free one.',
    default: 9000,
    env: ['PEERJS_PORT', 'PORT'],
  }),
  host: option(host(), {
    group: 'Serving',
    short: 'H',
    description: "Host to listen on; '::' accepts IPv4 too, and becomes '0.0.0.0' on a machine without IPv6.",
    default: '::',
    env: ['PEERJS_HOST'],
  }),
  path: option(urlPath(), {
    group: 'Serving',
    dialects: ['peerjs'],
    description: 'Path under which PeerJS is served; each other dialect has a path of its own. A slash is added at both ends.',
    effect: 'Under any other path: 404 (H8, O9).',
    default: '/',
    env: ['PEERJS_PATH', 'PEERSERVER_PATH'],
  }),
  sslkey: option(maybe(file()), {
    group: 'Serving',
    description: 'File with the private key for TLS, PEM. Needs sslcert.',
    default: undefined,
  }),
  sslcert: option(maybe(file()), {
    group: 'Serving',
    description: 'File with the certificate chain for TLS, PEM. Needs sslkey.',
    default: undefined,
  }),
  transport: option(choice(['auto', 'uws', 'node']), {
    group: 'Serving',
    description: 'What serves: uws (uWebSockets.js), node (node:http and ws), or auto: uws where it loads, else node.',
    effect: 'The same rules; two frames end otherwise, see the page on the PeerJS wire.',
    default: 'auto',
  }),
  profile: option(choice(['drop-in', 'hardened']), {
    group: 'Serving',
    description: 'Which defaults hold: those that keep what ran with peer running, or narrow ones for the open internet.',
    default: 'drop-in',
  }),
  drain_timeout: option(integer({ unit: 'ms', min: 0, max: LONGEST_MS }), {
    group: 'Serving',
    description: 'How long a stop waits for connections to close before it cuts them.',
    effect: 'At a stop: close 1012, and new requests for a socket are answered 503.',
    default: 10_000,
  }),

  drain_spread: option(integer({ unit: 'ms', min: 0, max: LONGEST_MS }), {
    group: 'Serving',
    description: 'Over how long a stop spreads its goodbyes, so that not all peers come back to the other brokers at once.',
    effect: 'Close 1012 comes bit by bit; who stays meanwhile hears and is heard.',
    default: 0,
  }),

  key: option(keys(), {
    group: 'Peers and messages',
    short: 'k',
    description: 'Key of a realm: its peers see each other only. Repeat it for several realms.',
    effect: 'With another key: ERROR "Invalid key provided" and close 1008 (O2); 401 for HTTP (H2, H4).',
    default: ['peerjs'],
    env: ['PEERJS_KEY'],
  }),
  concurrent_limit: option(integer({ unit: '', min: 1, max: MAX_CONNECTIONS }), {
    group: 'Peers and messages',
    short: 'c',
    description: 'Peers at one time in each realm.',
    effect: 'ERROR "Server has reached its concurrent user limit" and close 1013; a reconnect is not refused (O6).',
    default: 5000,
  }),
  expire_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    short: 't',
    description: 'How long a message waits for a peer that is absent.',
    effect: 'The sender hears EXPIRE (M14).',
    default: 5000,
  }),
  alive_timeout: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    description: 'How long a peer may be silent. The drop-in library waits 90000 ms by default, as that of peer does.',
    effect: 'After half of it a ping, whose answer counts for a while (L5). In the end close 4002, and the id is free (L1).',
    default: 60_000,
  }),
  cleanup_out_msgs: option(integer({ unit: 'ms', min: 1, max: LONGEST_MS }), {
    group: 'Peers and messages',
    description: 'How often at most messages that expired and peers that fell silent are looked for.',
    effect: 'M14 and L1 may come later by this much.',
    default: 1000,
  }),
  allow_discovery: option(flag(), {
    group: 'Peers and messages',
    dialects: ['peerjs'],
    description: 'Lets everybody who knows the key list the peers of its realm.',
    effect: 'Off: 401 for the list of peers (H3). On: all their ids (H4).',
    default: false,
    env: ['PEERJS_ALLOW_DISCOVERY'],
  }),

  cors: option(origins(), {
    group: 'Pages and proxies',
    description:
      'Origin of pages that may use the broker; https://*.example.org stands for all subdomains, http://localhost:* for all ports. ' +
      'Repeat it for several. Without any, or with * alone, every page may.',
    effect: 'A page of another origin can read no answer (H6), and gets 403 for a socket (O10).',
    default: [],
    env: ['PEERJS_CORS_ORIGIN'],
    isGreedy: true,
  }),
  proxied: option(trustedProxies(), {
    group: 'Pages and proxies',
    description:
      'Which proxies are trusted to tell the address of a client in x-forwarded-for: so many hops before the broker, or those' +
      ' with certain addresses. Without a value: one hop.',
    effect: 'Bounds for each address count the right clients (H10).',
    default: false,
  }),

  ...DIALECT_OPTIONS,

  ...LIMIT_OPTIONS,

  ...CLUSTER_OPTIONS,

  log_level: option(
    choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { warning: 'warn', critical: 'fatal' }),
    {
      group: 'Log',
      description: 'The least grave events that are logged: info for what happens, warn for what is refused, error for faults.',
      default: 'info',
      env: ['PEERJS_LOG_LEVEL'],
    },
  ),
  log_format: option(choice(['auto', 'pretty', 'json']), {
    group: 'Log',
    description: 'pretty for people, json for machines, one line for each event; auto: pretty on a terminal.',
    default: 'auto',
  }),

  config: option(maybe(file()), {
    group: 'Command line',
    scope: 'outside the file',
    description: 'JSON file with options by their names here. The command line and the environment are stronger.',
    default: undefined,
  }),
  print_config: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    description: 'Prints all options as they are in effect, as such a file, and ends.',
    default: false,
  }),
  version: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    short: 'v',
    description: 'Prints the version, and ends.',
    default: false,
  }),
  help: option(flag(), {
    group: 'Command line',
    scope: 'command line',
    short: 'h',
    description: 'Prints this usage, and ends.',
    default: false,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;

export type OptionName = keyof typeof OPTIONS;

/** The value that an option comes to. */
export type ValueOf<Name extends OptionName> = (typeof OPTIONS)[Name] extends Option<infer Value, unknown> ? Value : never;

/** The value that a program may give for an option. */
export type GivenFor<Name extends OptionName> = (typeof OPTIONS)[Name] extends Option<unknown, infer Given> ? Given : never;

/** All options by name, as they are in effect. */
export type Settings = { readonly [Name in OptionName]: ValueOf<Name> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** The options of each group, in the order of the schema. */
export const GROUPS: readonly (readonly [Group, readonly OptionName[]])[] = [
  ...new Set(OPTION_NAMES.map((name) => OPTIONS[name].group)),
].map((group) => [group, OPTION_NAMES.filter((name) => OPTIONS[name].group === group)]);
