import type { SignalMessage } from '../../domain/message.ts';

/** `queued`: accepted, but the far end reads slowly. `gone`: nothing was sent, nothing will be. */
export type WriteOutcome = 'sent' | 'queued' | 'gone';

/**
 * One accepted connection. Never reports back from inside any of its calls: what follows from
 * them is told to the gateway in a later turn. No call throws, whatever state the connection is in.
 */
export interface Socket {
  /**
   * Sends `text`, UTF-8 bytes, as one text message. The bytes are borrowed: what can't leave within
   * the call is copied. It may leave as late as the present turn of the event loop ends, together
   * with what else was written by then. Order is kept. Where the far end has left more than the
   * configured buffer unread, the answer is `gone`, and the connection is closed and reported like
   * any other.
   * @param message what the text tells, if it is a message: `Gateway.unsent` gets it where the text
   * was accepted and the connection ended before it could leave. Its payload is not looked at.
   */
  write(text: Uint8Array, message?: SignalMessage): WriteOutcome;

  /** Asks the far end for a sign of life, below any dialect: `Gateway.alive` tells the answer. Does nothing on a stream. */
  ping(): void;

  /** Says goodbye with a close code and a reason of at most 123 bytes. The second call does nothing. */
  close(code: number, why: string): void;

  /** M19: reports no more frames until `resume`. What arrives meanwhile waits within the frame and buffer bounds. */
  pause(): void;

  resume(): void;
}
