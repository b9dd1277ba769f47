import type { HitLimit } from '../../../application/ports/hit-limit.ts';
import type { LogEvent, LoggedRequest, TrafficSummary } from '../../../application/ports/log.ts';
import type { ConnectionEnd, ListeningAddress, TransportFault } from '../../../application/ports/transport.ts';
import type { Ending } from '../../../domain/refusal.ts';
import type { Session } from '../../../domain/session.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The text and the fields of one event. Undefined fields are omitted. */
export interface LogLine {
  readonly level: Level;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Facts about the broker that are not part of an event. */
export interface LogContext {
  /** The path at which the broker serves, with a slash at both ends. */
  readonly path?: string;
  readonly version?: string;
  /** The number of the worker process; undefined if the broker is one process. */
  readonly worker?: number | undefined;
}

/** Values that a client sent are truncated to this length. */
const MAX_FIELD_LENGTH = 200;

/** The option whose limit ended a connection. */
const LIMITS: Readonly<Partial<Record<Ending | TransportFault | 'lost', string>>> = {
  silent: 'alive_timeout',
  malformed: 'malformed_limit',
  flooding: 'messages_per_second',
  overreaching: 'topics_per_connection',
  'message-too-big': 'max_message_bytes',
  'message-too-big-for-address': 'memory_per_address',
  'reads-too-slowly': 'send_buffer_bytes',
  'sends-too-fast': 'send_buffer_bytes',
};

/** The log line of each event. */
const LINES: {
  readonly [Name in LogEvent['event']]: (event: LogEvent & { readonly event: Name }, around: LogContext) => LogLine;
} = {
  listening: (event, around) => listening(event, around),
  'worker-ended': (event) => {
    const { worker, pid, why, delay } = event;
    return line('error', 'a worker process has ended: a new one takes its place', event, { worker, pid, why, delayMs: delay });
  },
  'worker-hung': (event) => {
    const { worker, pid, silence } = event;
    return line('error', 'a worker process does not respond: it is terminated', event, { worker, pid, silentMs: silence });
  },
  'worker-replaced': (event) =>
    line('info', 'a new worker process is listening', event, { worker: event.worker, pid: event.pid }),
  'in-effect': ({ event, dialects, realms, ...inEffect }, { version }) => {
    const served = Object.entries(dialects).map(([name, path]) => `${name}=${path}`);
    const fields = { version, dialects: served.join(' '), realms: realms.join(' '), ...inEffect };
    return line('info', 'configuration in effect', { event }, fields);
  },
  'open-files-short': ({ event, maxConnections, openFiles }) => {
    const text = `max_connections is ${maxConnections}, and the system allows ${openFiles} open files: raise the limit (ulimit -n)`;
    return line('warn', text, { event }, { maxConnections, openFiles });
  },
  'transport-unavailable': (event) => {
    const { wanted, taken, detail, isInstalled } = event;
    return line(isInstalled ? 'warn' : 'info', `transport ${wanted} is not available: using ${taken} instead`, event, {
      wanted,
      taken,
      detail,
    });
  },
  'uws-loaded': ({ event, version, abi, folder }) =>
    line('info', `uWebSockets.js ${version} has a build for ABI ${abi}`, { event }, { abi, folder }),
  'proxy-needs-http11': ({ event, taken }) => {
    const text =
      `transport auto is ${taken}, which answers 505 to HTTP/1.0 and to a request line in several TCP segments: set HTTP/1.1 in ` +
      `the proxy (nginx: proxy_http_version 1.1;) and its health check, then use --transport ${taken}; else use --transport node`;
    return line('warn', text, { event }, { taken });
  },
  'option-ineffective': ({ event, option, taken, fixed }) =>
    line(
      'warn',
      `${option} has no effect: transport ${taken} always uses about ${fixed} ms. Use --transport node, or remove the option`,
      { event },
      { option, taken },
    ),
  'ipv6-unavailable': (event) =>
    line('info', `this machine has no IPv6: listening on ${event.taken} instead of ::`, event, { taken: event.taken }),
  'peer-opened': (event) => line('info', 'peer opened', event, { ...peerIn(event.session), address: event.address }),
  'peer-closed': ({ session, ending, end, passage, event }) =>
    line('info', 'peer closed', { event }, { ...peerIn(session), why: ending, limit: LIMITS[ending], ...ended(end, passage) }),
  'connection-closed': ({ connection, session, dialect, end, passage, event }) => {
    const who = session === undefined ? { connection } : peerIn(session);
    const fault = end.fault && { fault: end.fault, limit: LIMITS[end.fault] };
    return line('debug', 'connection closed', { event }, { ...who, dialect, ...fault, ...ended(end, passage) });
  },
  'connection-refused': ({ connection, realm, id, key, refusal, address, origin, limit, event }) => {
    const who = {
      realm,
      key: realm === undefined ? key?.slice(0, MAX_FIELD_LENGTH) : undefined,
      peer: id,
      connection,
      address,
      origin,
    };
    return line(
      'warn',
      'connection refused',
      { event },
      { ...who, why: refusal.reason, detail: 'detail' in refusal ? refusal.detail : undefined, ...hit(limit) },
    );
  },
  'token-refused': ({ session, refusal, address, event }) => {
    const detail = 'detail' in refusal ? refusal.detail : undefined;
    return line('info', 'token refused', { event }, { ...peerIn(session), address, why: refusal.reason, detail });
  },
  'upgrade-refused': ({ request, status, why, key, limit, event }) =>
    line(
      'warn',
      'upgrade refused',
      { event },
      {
        ...asked(request),
        ...{ key: key?.slice(0, MAX_FIELD_LENGTH), status, why, ...hit(limit) },
      },
    ),
  'request-refused': ({ request, status, why, limit, event }) =>
    line('info', 'request refused', { event }, { ...asked(request), status, why, ...hit(limit) }),
  'upgrade-abandoned': ({ address, dialect, event }) =>
    line('debug', 'handshake abandoned: the client disconnected', { event }, { address, dialect }),
  'engine-reached': (event) => line('info', 'the cluster engine is reachable', event, { engine: event.engine, node: event.node }),
  'engine-awaited': (event) => {
    const outcome = event.isPatient ? 'the start waits for it' : 'the start fails after 10 s; cluster_start wait waits for it';
    return line('warn', `the engine of the cluster does not respond: ${outcome}`, event, { engine: event.engine });
  },
  'engine-lost': (event) => {
    const text = 'the cluster engine is unreachable: peers of this node can reach each other only';
    return line('error', text, event, { engine: event.engine, detail: event.detail });
  },
  'format-conflict': (event) => {
    const text = 'brokers of another format version use the cluster engine: stop them, or give this broker another engine';
    return line('error', text, event, { engine: event.engine, found: event.found, supported: event.supported });
  },
  'word-refused': (event) =>
    line('warn', 'a message or stored entry of another node was ignored: unknown type or version', event, {
      why: event.why,
      version: event.version,
    }),
  'ice-provider-reached': (event) => line('info', 'the ICE provider is reachable', event, { provider: event.provider }),
  'ice-provider-lost': (event) => {
    const { provider, detail } = event;
    const text = 'the ICE provider gives no servers: new clients receive its last answer while that is valid, then only STUN';
    return line('error', text, event, { provider, detail });
  },
  'ice-urls-dropped': (event) => {
    const { provider, dropped } = event;
    return line('warn', 'URLs of the ICE provider were left out, because browsers reject them', event, { provider, dropped });
  },
  'authorizer-lost': (event) => {
    const { authorizer, detail, failures } = event;
    const text = 'the authorizer gives no usable answer: new clients are refused until it does';
    return line('error', text, event, { authorizer, detail, failures });
  },
  'authorizer-reached': (event) => line('info', 'the authorizer is reachable', event, { authorizer: event.authorizer }),
  'connections-dropped': (event) => {
    const { dropped, openFiles } = event;
    const text = 'too many open files: new connections are closed; raise the limit of the process (ulimit -n)';
    return line('warn', text, event, { dropped, openFiles });
  },
  'accept-suspended': (event) => {
    const { openFiles } = event;
    const text =
      'too many open files: new connections are refused until some are closed; raise the limit of the process (ulimit -n)';
    return line('warn', text, event, { openFiles });
  },
  'stood-still': (event) =>
    line('warn', 'the process was suspended: liveness timeouts are extended by that time', event, { spanMs: event.span }),
  'certificate-reloaded': (event) => line('info', 'certificate reloaded: new connections use it', event, {}),
  'certificate-refused': (event) =>
    line('error', 'certificate not reloaded: the previous certificate stays in use', event, { detail: event.detail }),
  'key-set-loaded': (event) =>
    line('info', 'the keys of an issuer of tokens were fetched', event, {
      url: event.url,
      keys: event.keys,
      skipped: event.skipped,
    }),
  'key-set-unreachable': (event) => {
    const text = 'the keys of an issuer of tokens can not be fetched: known keys stay in use for 24 hours, new keys are unknown';
    return line('error', text, event, { url: event.url, detail: event.detail });
  },
  'configuration-reloaded': (event) => {
    const { changed, needsRestart } = event;
    if (needsRestart.length > 0) {
      const text = 'configuration reloaded, except for options that need a restart: their old values stay in use';
      return line('warn', text, event, { changed, needsRestart });
    }
    const outcome = changed.length === 0 ? 'configuration reloaded: no option has changed' : 'configuration reloaded';
    return line('info', outcome, event, { changed, needsRestart });
  },
  'configuration-refused': (event) =>
    line('error', 'configuration not reloaded: the previous options stay in use', event, { problems: event.problems }),
  'mailbox-store-failed': (event) => {
    const text = 'the mailbox store can not write: messages for absent peers are answered with EXPIRE until it can';
    return line('error', text, event, { detail: event.detail });
  },
  'mailbox-store-recovered': (event) => line('info', 'the mailbox store can write again', event, {}),
  'signal-ignored': (event) => line('info', 'signal ignored', event, { signal: event.signal }),
  'admin-listening': (event) => line('info', `the admin listener is at ${event.place}`, event, { place: event.place }),
  'admin-refused': (event) => {
    const { address, path, why } = event;
    return line('warn', 'a request to the admin listener was refused', event, { address, path, why });
  },
  'operator-acted': (event) => {
    const { act, subject, reason, from, closed } = event;
    return line('warn', `operator: ${act}`, event, { act, subject, reason, from, closed });
  },
  draining: (event) => line('info', 'draining', event, { connections: event.connections, patienceMs: event.patience }),
  stopped: (event) => line('info', 'stopped', event, { cut: event.cut }),
  fault: (event) => line('error', 'fault', event, { connection: event.connection, error: readableError(event.error) }),
  crashed: (event) => line('fatal', 'crashed', event, { error: readableError(event.error) }),
};

/** Returns the line of an event. Only named fields are copied, so that a line contains no token. */
export function lineOf(event: LogEvent, surroundings: LogContext = {}): LogLine {
  const lineFor = LINES[event.event] as (event: LogEvent, around: LogContext) => LogLine;
  const found = lineFor(event, surroundings);
  const { worker } = surroundings;
  return worker === undefined ? found : { ...found, fields: { ...found.fields, worker } };
}

type Listening = LogEvent & { event: 'listening' };

function listening(event: Listening, { path = '/', version }: LogContext): LogLine {
  const { transport, address, workers } = event;
  const place = placeOf(address, path);
  const [http, ws] = address.secure ? ['https', 'wss'] : ['http', 'ws'];
  const name = version === undefined ? 'signalbox' : `signalbox ${version}`;
  const text = `${name} is listening on ${http}://${place} and ${ws}://${place} by transport ${transport}`;
  const shared = workers === undefined ? '' : `, with ${workers} workers`;
  return line('info', `${text}${shared}`, event, { url: `${http}://${place}`, transport, version, workers });
}

function placeOf({ host, port }: ListeningAddress, path: string): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

function line(level: Level, text: string, { event }: Pick<LogEvent, 'event'>, fields: LogLine['fields']): LogLine {
  return { level, text, fields: { event, ...fields } };
}

/** Undefined fields are omitted from the line. */
function ended(end: ConnectionEnd, passage: TrafficSummary | undefined): LogLine['fields'] {
  const { address, lifetime, framesIn, bytesIn, framesOut, bytesOut } = passage ?? {};
  return { code: end.code, closedBy: end.by, address, lifetimeMs: lifetime, framesIn, bytesIn, framesOut, bytesOut };
}

function asked({ method, path, origin, address, proxy, ignoresForwardedFor }: LoggedRequest): LogLine['fields'] {
  const forwardedFor = ignoresForwardedFor ? 'ignored' : undefined;
  return { method, path, origin, address, proxy, forwardedFor };
}

function hit(limit: HitLimit | undefined): LogLine['fields'] {
  return limit === undefined ? {} : { limit: limit.option, allowed: limit.allows, asked: limit.asked };
}

function peerIn({ realm, id, connection }: Session): LogLine['fields'] {
  return { realm: realm.key, peer: id, connection };
}

/** Converts a thrown value to text. Its message may contain a URL, and so a token. */
export function readableError(error: unknown): { readonly type: string; readonly message: string; readonly stack?: string } {
  if (error instanceof Error) {
    const { name, message, stack } = error;
    return { type: name, message: withoutTokens(message), stack: withoutTokens(stack ?? `${name}: ${message}`) };
  }
  const isPlain = typeof error !== 'object' && typeof error !== 'function';
  const text = isPlain ? String(error) : Object.prototype.toString.call(error);
  return { type: typeof error, message: withoutTokens(text) };
}

function withoutTokens(text: string): string {
  return text.replaceAll(/(token(?:=|%3d|"\s*:\s*"))[^&\s"'<>]+/gi, '$1[token]');
}
