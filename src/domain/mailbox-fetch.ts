import type { Decision, Replaced } from './decision.ts';
import { needsDelivery, type SignalMessage } from './message.ts';
import type { Session } from './session.ts';

/** The decision to fetch the mailbox of a peer. */
export type MailboxFetch = Extract<Decision, { do: 'fetch-mailbox' }>;

const NO_MESSAGES: readonly SignalMessage[] = [];

/**
 * O11: from now on, messages for `session` are held in its mailbox until the mailbox is empty.
 * @param alreadyFetched messages of an earlier fetch that are not delivered yet.
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

/**
 * O11: the mailbox of a peer is not empty.
 * @returns undefined if the peer is not connected, and during a fetch, which is then followed by another.
 */
export function fetchMore(session: Session | undefined): MailboxFetch | undefined {
  if (session === undefined) return undefined;
  if (!session.isFetchingMailbox) return fetchMailbox(session, 'nothing');
  session.mustFetchAgain = true;
  return undefined;
}

/** All fetched messages for `session`, in order. M15: without notices for a former owner of the id. */
export function deliverableTo(
  session: Session,
  alreadyFetched: readonly SignalMessage[],
  messages: readonly SignalMessage[],
): readonly SignalMessage[] {
  const { inherited } = session;
  if (inherited.length === 0 && alreadyFetched.length === 0 && messages.length === 0) return NO_MESSAGES;
  if (inherited.length > 0) session.inherited = NO_MESSAGES;
  const all = inherited.length === 0 && alreadyFetched.length === 0 ? messages : [...alreadyFetched, ...inherited, ...messages];
  return all.every((message) => mayReceive(session, message)) ? all : all.filter((message) => mayReceive(session, message));
}

function mayReceive({ token }: Session, message: SignalMessage): boolean {
  return needsDelivery(message.kind) || token.owns(message);
}

/** O5, O11: hands the messages fetched for a closed connection to its successor. @returns false if there is none. */
export function handOver(successor: Session | undefined, messages: readonly SignalMessage[]): boolean {
  if (successor?.isFetchingMailbox !== true) return false;
  successor.inherited = [...successor.inherited, ...messages];
  return true;
}
