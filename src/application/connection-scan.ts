import type { ConnectionId } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Clock } from './ports/clock.ts';
import { ACTS_PER_TURN } from './slices.ts';

/** A connection with a session, as a scan passes it. */
export interface ScannedSession {
  readonly slot: number;
  readonly id: ConnectionId;
  readonly connection: Connection;
  readonly session: RealmSession;
}

/** `acted`: the visitor has closed the connection, or has done as much work for it. */
export type ScanStep = 'next' | 'acted' | 'stop';

/** Slots that are visited before other work gets its turn: some hundred microseconds. */
const SLICE = 2_000;

/**
 * ADM2: visits the sessions of all connections in slices, in the order of slots, so that a look-up among 100,000 connections does
 * not delay messages. A slice ends earlier after `ACTS_PER_TURN` acts. Connections that open meanwhile may be left out.
 * @param done called once, at the end.
 */
export function scanSessions(
  { connections, clock }: { readonly connections: Connections; readonly clock: Clock },
  firstSlot: number,
  visit: (found: ScannedSession) => ScanStep,
  done: () => void,
): void {
  const scanFrom = (first: number): void => {
    let end = Math.min(first + SLICE, connections.slotCount);
    let acts = 0;
    for (let slot = first; slot < end; slot++) {
      const [id, connection] = connections.at(slot) ?? [];
      const session = connection?.session;
      if (id === undefined || connection === undefined || session === undefined) continue;
      const step = visit({ slot, id, connection, session });
      if (step === 'stop') return done();
      if (step === 'acted' && ++acts >= ACTS_PER_TURN) end = slot + 1;
    }
    if (end >= connections.slotCount) return done();
    clock.wakeAt(clock.now(), () => scanFrom(end));
  };
  scanFrom(firstSlot);
}
