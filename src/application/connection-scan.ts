import type { ConnectionId } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Clock } from './ports/clock.ts';

/** A connection with a session, as a scan passes it. */
export interface ScannedSession {
  readonly slot: number;
  readonly id: ConnectionId;
  readonly connection: Connection;
  readonly session: RealmSession;
}

/** Slots that are visited before other work gets its turn: some hundred microseconds. */
const SLICE = 2_000;

/**
 * ADM2: visits the sessions of all connections in slices, in the order of slots, so that a look-up among 100,000 connections does
 * not delay messages. Connections that open meanwhile may be left out.
 * @param visit returns whether the scan goes on.
 * @param done called once, at the end.
 */
export function scanSessions(
  { connections, clock }: { readonly connections: Connections; readonly clock: Clock },
  firstSlot: number,
  visit: (found: ScannedSession) => boolean,
  done: () => void,
): void {
  const scanFrom = (first: number): void => {
    const end = Math.min(first + SLICE, connections.slotCount);
    for (let slot = first; slot < end; slot++) {
      const [id, connection] = connections.at(slot) ?? [];
      const session = connection?.session;
      if (id === undefined || connection === undefined || session === undefined) continue;
      if (!visit({ slot, id, connection, session })) return done();
    }
    if (end >= connections.slotCount) return done();
    clock.wakeAt(clock.now(), () => scanFrom(end));
  };
  scanFrom(firstSlot);
}
