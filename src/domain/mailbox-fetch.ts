import type { Decision, Replaced } from './decision.ts';
import { needsDelivery, type SignalMessage } from './message.ts';
import type { Session } from './session.ts';

/** One way to the mailbox of a peer. */
export type MailboxFetch = Extract<Decision, { do: 'fetch-mailbox' }>;

const NO_MESSAGES: readonly SignalMessage[] = [];

/**
 * O11: from now on, what is sent to `session` waits in its mailbox, until that was read to its end.
 * @param alreadyFetched was collected, and can't be told yet.
 */
export function fetchMailbox(
  session: Session,
  replaces: Replaced,
  alreadyFetched: readonly SignalMessage[] = NO_MESSAGES,
): MailboxFetch {
  session.isFetchingMailbox = true;
  session.mustFetchAgain = false;
  return { do: 'fetch-mailbox', session, replaces, alreadyFetched };
}

/** O11: something waits for a peer that is here. @returns undefined where it is asking already: it will ask again. */
export function fetchMore(session: Session): MailboxFetch | undefined {
  if (!session.isFetchingMailbox) return fetchMailbox(session, 'nothing');
  session.mustFetchAgain = true;
  return undefined;
}

/** All that is to be told to `session`, in the order in which it was collected. M15: without what is for a former owner. */
export function deliverableTo(
  session: Session,
  earlier: readonly SignalMessage[],
  messages: readonly SignalMessage[],
): readonly SignalMessage[] {
  const { inherited } = session;
  session.inherited = NO_MESSAGES;
  const all = inherited.length === 0 && earlier.length === 0 ? messages : [...earlier, ...inherited, ...messages];
  return all.every((message) => mayReceive(session, message)) ? all : all.filter((message) => mayReceive(session, message));
}

function mayReceive({ token }: Session, message: SignalMessage): boolean {
  return needsDelivery(message.kind) || token.owns(message);
}

/** O5, O11: what was collected for a connection that is over is for the one that has replaced it. @returns whether one has. */
export function handOver(successor: Session | undefined, messages: readonly SignalMessage[]): boolean {
  if (successor?.isFetchingMailbox !== true) return false;
  successor.inherited = [...successor.inherited, ...messages];
  return true;
}
