import type { Session } from '../../domain/session.ts';
import type { FrameRequest } from './requests.ts';

/** Hears the messages that peers send, for an embedding program that wants to. */
export interface MessageTap {
  /** Whether anybody listens; where nobody does, `heard` is not called and costs nothing. */
  readonly isOpen: boolean;
  /** What an open peer sent, as its dialect read it. Borrowed for the call. */
  heard(sender: Session, request: FrameRequest): void;
}
