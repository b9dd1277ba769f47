import type { Decision } from '../domain/decision.ts';
import type { Realm } from '../domain/realm.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Clock } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** The dependencies of `pausePeer`. */
export interface PauseParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** M19: pauses reading until the peer is within its rate limit again. */
export function pausePeer(
  { connections, clock, telemetry }: PauseParts,
  realm: Pick<Realm, 'liveness'>,
  { session, until }: Extract<Decision, { do: 'pause' }>,
): void {
  const connection = connections.find(session.connection);
  if (connection === undefined) return;
  telemetry.counter('paused_total').add();
  realm.liveness.readingPaused(session, until);
  const isPaused = connection.pausedUntil > 0;
  connection.pausedUntil = Math.max(connection.pausedUntil, until);
  if (isPaused) return;
  connection.socket.pause();
  clock.wakeAt(connection.pausedUntil, () => resume(clock, connection));
}

function resume(clock: Clock, connection: Connection): void {
  if (clock.now() < connection.pausedUntil) {
    clock.wakeAt(connection.pausedUntil, () => resume(clock, connection));
    return;
  }
  connection.pausedUntil = 0;
  connection.socket.resume();
}
