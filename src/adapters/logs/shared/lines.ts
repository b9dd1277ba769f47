import type { LogEvent } from '../../../application/ports/log.ts';
import type { ListeningAddress } from '../../../application/ports/transport.ts';
import type { Session } from '../../../domain/session.ts';

export type Level = 'info' | 'warn' | 'error' | 'fatal';

/** One event in words and fields. Undefined fields are left out of the line. */
export interface Line {
  readonly level: Level;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the log knows of the broker beside its events. */
export interface Surroundings {
  /** Where it is served, with a slash at both ends. */
  readonly path?: string;
  readonly version?: string;
}

/** The line of an event. Only named fields are taken out of it, so that no token gets in. */
export function lineOf(event: LogEvent, surroundings: Surroundings = {}): Line {
  switch (event.event) {
    case 'listening':
      return listening(event, surroundings);
    case 'transport-unavailable': {
      const { wanted, taken, detail } = event;
      return line('warn', `transport ${wanted} is not available, ${taken} takes its place`, event, { wanted, taken, detail });
    }
    case 'ipv6-unavailable': {
      const { taken } = event;
      return line('info', `this machine has no IPv6: listening on ${taken} instead of ::`, event, { taken });
    }
    case 'peer-opened':
      return line('info', 'peer opened', event, { ...peerIn(event.session), address: event.address });
    case 'peer-closed':
      return line('info', 'peer closed', event, { ...peerIn(event.session), why: event.ending });
    case 'connection-refused': {
      const { connection, realm, id, refusal, address } = event;
      return line('warn', 'connection refused', event, { realm, peer: id, connection, address, why: refusal.reason });
    }
    case 'upgrade-refused':
      return line('warn', 'upgrade refused', event, { address: event.address, why: event.why });
    case 'engine-reached':
      return line('info', 'the engine of the cluster answers', event, { engine: event.engine, node: event.node });
    case 'engine-lost':
      return line('error', 'the engine of the cluster is out of reach: peers of this node hear each other only', event, {
        engine: event.engine,
        detail: event.detail,
      });
    case 'word-refused':
      return line('warn', 'another node said what this one does not understand', event, {
        why: event.why,
        version: event.version,
      });
    case 'stood-still':
      return line('warn', 'the process stood still: peers were not judged for that time', event, { spanMs: event.span });
    case 'draining':
      return line('info', 'draining', event, { connections: event.connections, patienceMs: event.patience });
    case 'stopped':
      return line('info', 'stopped', event, { cut: event.cut });
    case 'fault':
      return line('error', 'fault', event, { connection: event.connection, error: readableError(event.error) });
    case 'crashed':
      return line('fatal', 'crashed', event, { error: readableError(event.error) });
  }
}

type Listening = LogEvent & { event: 'listening' };

function listening(event: Listening, { path = '/', version }: Surroundings): Line {
  const { transport, address } = event;
  const place = placeOf(address, path);
  const [http, ws] = address.secure ? ['https', 'wss'] : ['http', 'ws'];
  const name = version === undefined ? 'signalbox' : `signalbox ${version}`;
  const text = `${name} is listening on ${http}://${place} and ${ws}://${place} by transport ${transport}`;
  return line('info', text, event, { url: `${http}://${place}`, transport, version });
}

function placeOf({ host, port }: ListeningAddress, path: string): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

function line(level: Level, text: string, { event }: LogEvent, fields: Line['fields']): Line {
  return { level, text, fields: { event, ...fields } };
}

function peerIn({ realm, id, connection }: Session): Line['fields'] {
  return { realm: realm.key, peer: id, connection };
}

/** What somebody threw, for people to read. It may hold a URL, and so a token. */
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
