import type { PeerId } from '../domain/ids.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Clock } from './ports/clock.ts';
import type { ClaimState, MailboxStore } from './ports/mailbox-store.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Turns } from './turns.ts';

export interface MailboxCollectorParts {
  readonly mailboxes: Pick<MailboxStore, 'take'>;
  readonly directory: Pick<PeerDirectory, 'confirm'>;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** The held messages of a session, see `TakeAnswer`. */
export interface Collected {
  readonly messages: readonly SignalMessage[];
  readonly unread: readonly PeerId[];
  readonly claim: ClaimState | undefined;
  readonly waits: readonly Millis[];
}

const NO_WAITS: readonly Millis[] = [];

/** O5, O11: takes the held messages of a session, and makes sure that it holds its id when they are delivered. */
export class MailboxCollector {
  readonly #parts: MailboxCollectorParts;

  constructor(parts: MailboxCollectorParts) {
    this.#parts = parts;
  }

  /** @param collected called once, within a turn. */
  collect(session: Session, collected: (collected: Collected) => void): void {
    const { mailboxes, turns, clock } = this.#parts;
    mailboxes.take(
      session,
      (messages, unread, claim, waits = NO_WAITS) => {
        const answer = { messages, unread, claim, waits };
        if (claim === 'free' && isCurrent(session)) this.#claimAgain(session, answer, collected);
        else turns.run(() => collected(answer));
      },
      clock.now(),
      () => isCurrent(session),
    );
  }

  /**
   * O5: another connection had taken the id and released it. Or the directory lost its data. Until the claim is made again, the
   * id may belong to another connection, so the messages wait.
   */
  #claimAgain(session: Session, answer: Collected, collected: (collected: Collected) => void): void {
    const { directory, turns } = this.#parts;
    directory.confirm(session, true, (outcome) => {
      turns.run(() => collected(outcome === 'lost' ? { ...answer, claim: 'moved' } : answer));
    });
  }
}

function isCurrent({ state }: Session): boolean {
  return state === 'connecting' || state === 'open';
}
