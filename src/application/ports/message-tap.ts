import type { ConnectionId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Session } from '../../domain/session.ts';
import type { FrameRequest } from './requests.ts';

/** The receiver of a sent frame, and the message that the frame encodes; undefined for another frame. */
export interface SentFrame {
  readonly session: Session | undefined;
  readonly message: SignalMessage | undefined;
}

/** Passes frames to observers: the embedding program, and the traces of the operator. */
export interface MessageTap {
  /** Whether frames are observed. If false, the broker skips `received` and `sent` and pays nothing for the tap. */
  readonly isEnabled: boolean;
  /** A request of an open peer, as its dialect decoded the frame. Borrowed for the call. @param bytes the size of the frame. */
  received(sender: Session, request: FrameRequest, bytes: number): void;
  /** A frame of a dialect to a connection. Texts of the embedding program are not reported. Borrowed for the call. */
  sent(connection: ConnectionId, text: Uint8Array, frame: SentFrame): void;
}
