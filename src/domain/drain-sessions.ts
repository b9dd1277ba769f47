import type { Session } from './session.ts';

/** The number of sessions that are now draining, and those of them that can be closed at once. */
export interface DrainStep {
  readonly marked: number;
  readonly ready: readonly Session[];
}

/**
 * Marks sessions as draining; sessions that are marked already are skipped. A session that fetches its mailbox is closed after
 * the delivery, because the fetched messages would be lost.
 * @param max number of sessions to mark. Sessions behind them are not visited.
 * @param waitsForMail false closes all sessions at once.
 */
export function drainSessions(groups: readonly Iterable<Session>[], max: number, waitsForMail: boolean): DrainStep {
  const ready: Session[] = [];
  let marked = 0;
  if (max <= 0) return { marked, ready };
  for (const sessions of groups) {
    for (const session of sessions) {
      if (session.isDraining && waitsForMail) continue;
      marked += 1;
      session.isDraining = true;
      if (!session.isFetchingMailbox || !waitsForMail) ready.push(session);
      if (marked >= max) return { marked, ready };
    }
  }
  return { marked, ready };
}
