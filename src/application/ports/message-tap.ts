import type { ConnectionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { FrameRequest } from './requests.ts';

/** Passes frames to the embedding program, if that program subscribed to them. */
export interface MessageTap {
  /** Whether frames are observed. If false, the broker skips `received` and `sent` and pays nothing for the tap. */
  readonly isEnabled: boolean;
  /** A request of an open peer, as its dialect decoded the frame. Borrowed for the call. */
  received(sender: Session, request: FrameRequest): void;
  /** A frame of a dialect to a connection. Texts of the embedding program are not reported. Borrowed for the call. */
  sent(connection: ConnectionId, text: Uint8Array): void;
}
