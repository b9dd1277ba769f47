import type { Session } from './session.ts';

/** Who is asked to leave, and who of them can go at once. */
export interface DrainStep {
  readonly marked: number;
  readonly ready: readonly Session[];
}

/**
 * Asks sessions to leave, those that were asked before not again. Who is collecting mail goes when it has been told it: it was
 * taken, and would be lost.
 * @param max how many are asked.
 * @param waitsForMail whether there is time for that; if not, everybody goes now.
 */
export function drainSessions(sessions: Iterable<Session>, max: number, waitsForMail: boolean): DrainStep {
  const ready: Session[] = [];
  let marked = 0;
  for (const session of sessions) {
    if (marked >= max) break;
    if (session.isDraining && waitsForMail) continue;
    marked += 1;
    session.isDraining = true;
    if (!session.isFetchingMailbox || !waitsForMail) ready.push(session);
  }
  return { marked, ready };
}
