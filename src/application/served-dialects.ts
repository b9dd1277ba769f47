import type { Carrier, SessionTraits } from '../domain/session.ts';
import type { ConnectionKind } from './connection.ts';
import type { AnyDialect, CommonDialect } from './ports/dialect.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { ReceivedMessages } from './received-messages.ts';

/** A dialect, the traits of its sessions, and the kinds of its connections. */
export interface ServedDialect {
  readonly dialect: AnyDialect;
  readonly traits: Readonly<Record<Carrier, SessionTraits>>;
  readonly kinds: Readonly<Record<Carrier, ConnectionKind>>;
}

/** The dialects by name. */
export function servedDialects(dialects: readonly AnyDialect[], telemetry: Telemetry): ReadonlyMap<string, ServedDialect> {
  const served = (dialect: AnyDialect): ServedDialect => {
    const received = new ReceivedMessages(telemetry, dialect.name);
    const kind = (carrier: Carrier): ConnectionKind => ({ dialect, carrier, received });
    return { dialect, traits: traitsOf(dialect), kinds: { socket: kind('socket'), stream: kind('stream') } };
  };
  return new Map(dialects.map((dialect) => [dialect.name, served(dialect)]));
}

function traitsOf({ liveness, space, keepsHistory, refusesRequests = false }: CommonDialect): Record<Carrier, SessionTraits> {
  return {
    socket: { carrier: 'socket', liveness, space, keepsHistory, refusesRequests },
    stream: { carrier: 'stream', liveness: 'reads', space, keepsHistory, refusesRequests },
  };
}
