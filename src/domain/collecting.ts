import type { Decision, Replaced } from './decision.ts';
import { matters, type SignalMessage } from './message.ts';
import type { Session } from './session.ts';

/** One way to the mailbox of a peer. */
export type Collecting = Extract<Decision, { do: 'collect' }>;

const NOTHING: readonly SignalMessage[] = [];

/**
 * O11: from now on, what is sent to `session` waits in its mailbox, until that was read to its end.
 * @param earlier was collected, and can't be told yet.
 */
export function collect(session: Session, replaces: Replaced, earlier: readonly SignalMessage[] = NOTHING): Collecting {
  session.isCollecting = true;
  session.hasMore = false;
  return { do: 'collect', session, replaces, earlier };
}

/** O11: something waits for a peer that is here. @returns undefined where it is asking already: it will ask again. */
export function collectMore(session: Session): Collecting | undefined {
  if (!session.isCollecting) return collect(session, 'nothing');
  session.hasMore = true;
  return undefined;
}

/** All that is to be told to `session`, in the order in which it was collected. M15: without what is for a former owner. */
export function allFor(
  session: Session,
  earlier: readonly SignalMessage[],
  messages: readonly SignalMessage[],
): readonly SignalMessage[] {
  const { inherited } = session;
  session.inherited = NOTHING;
  const all = inherited.length === 0 && earlier.length === 0 ? messages : [...earlier, ...inherited, ...messages];
  return all.every((message) => mayReceive(session, message)) ? all : all.filter((message) => mayReceive(session, message));
}

function mayReceive({ token }: Session, message: SignalMessage): boolean {
  return matters(message.kind) || token.owns(message);
}

/** O5, O11: what was collected for a connection that is over is for the one that has replaced it. @returns whether one has. */
export function inherit(heir: Session | undefined, messages: readonly SignalMessage[]): boolean {
  if (heir?.isCollecting !== true) return false;
  heir.inherited = [...heir.inherited, ...messages];
  return true;
}
