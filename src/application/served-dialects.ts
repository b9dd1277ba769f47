import type { Carrier, SessionTraits } from '../domain/session.ts';
import type { AnyDialect, CommonDialect } from './ports/dialect.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { ReceivedMessages } from './received-messages.ts';

/** A dialect, the traits of its sessions, and the counters of its messages. */
export interface ServedDialect {
  readonly dialect: AnyDialect;
  readonly traits: Readonly<Record<Carrier, SessionTraits>>;
  readonly received: ReceivedMessages;
}

/** The dialects by name. */
export function servedDialects(dialects: readonly AnyDialect[], telemetry: Telemetry): ReadonlyMap<string, ServedDialect> {
  const served = (dialect: AnyDialect): ServedDialect => ({
    ...{ dialect, traits: traitsOf(dialect) },
    received: new ReceivedMessages(telemetry, dialect.name),
  });
  return new Map(dialects.map((dialect) => [dialect.name, served(dialect)]));
}

function traitsOf({ liveness, space, keepsHistory, refusesRequests = false }: CommonDialect): Record<Carrier, SessionTraits> {
  return {
    socket: { carrier: 'socket', liveness, space, keepsHistory, refusesRequests },
    stream: { carrier: 'stream', liveness: 'reads', space, keepsHistory, refusesRequests },
  };
}
