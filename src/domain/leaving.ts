import type { Session } from './session.ts';

/** Who is asked to leave, and who of them can go at once. */
export interface Leaving {
  readonly asked: number;
  readonly ready: readonly Session[];
}

/**
 * Asks sessions to leave, those that were asked before not again. Who is collecting mail goes when it has been told it: it was
 * taken, and would be lost.
 * @param most how many are asked.
 * @param waits whether there is time for that; if not, everybody goes now.
 */
export function askToLeave(sessions: Iterable<Session>, most: number, waits: boolean): Leaving {
  const ready: Session[] = [];
  let asked = 0;
  for (const session of sessions) {
    if (asked >= most) break;
    if (session.isLeaving && waits) continue;
    asked += 1;
    session.isLeaving = true;
    if (!session.isCollecting || !waits) ready.push(session);
  }
  return { asked, ready };
}
