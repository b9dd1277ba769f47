/** `queued`: accepted, but the far end reads slowly. `gone`: nothing was sent, nothing will be. */
export type WriteOutcome = 'sent' | 'queued' | 'gone';

/**
 * One accepted connection. Never reports back from inside any of its calls: what follows from
 * them is told to the gateway in a later turn. No call throws, whatever state the connection is in.
 */
export interface Socket {
  /**
   * Sends `text`, UTF-8 bytes, as one text message. The bytes are borrowed: what can't leave within
   * the call is copied. Order is kept. Where the far end has left more than the configured buffer
   * unread, the answer is `gone`, and the connection is closed and reported like any other.
   */
  write(text: Uint8Array): WriteOutcome;

  /** Says goodbye with a close code and a reason of at most 123 bytes. The second call does nothing. */
  close(code: number, why: string): void;

  /** M19: reports no more frames until `resume`. What arrives meanwhile waits within the frame and buffer bounds. */
  pause(): void;

  resume(): void;
}
