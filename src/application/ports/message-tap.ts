import type { ConnectionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { FrameRequest } from './requests.ts';

/** Hears what peers send and are told, for an embedding program that wants to. */
export interface MessageTap {
  /** Whether anybody listens; where nobody does, `heard` and `told` are not called and cost nothing. */
  readonly isEnabled: boolean;
  /** What an open peer sent, as its dialect read it. Borrowed for the call. */
  received(sender: Session, request: FrameRequest): void;
  /** What a connection was told, in its own dialect. Borrowed for the call. */
  sent(connection: ConnectionId, text: Uint8Array): void;
}
