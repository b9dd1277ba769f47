import type { SignalMessage } from '../../domain/message.ts';

/**
 * `queued`: accepted while earlier bytes are still unread by the client. `gone`: the connection is closed; nothing was or will be
 * sent.
 */
export type WriteOutcome = 'sent' | 'queued' | 'gone';

/**
 * One accepted connection. No method calls the gateway from inside itself: the resulting reports arrive in a later turn. No
 * method throws, in any state of the connection.
 */
export interface Socket {
  /** B4: the message limit of this connection, if its transport gives one below the configured limit. */
  readonly maxFrameBytes?: number | undefined;

  /**
   * Sends `text`, UTF-8 bytes, as one text message, in order; or any bytes as one binary message, if the admission says so (W6).
   * The bytes are borrowed: what can't be sent within the call is copied. Sending may be delayed until the end of the current
   * turn of the event loop, to batch writes. If the client leaves more than the configured send buffer unread, the result is
   * `gone`, and the connection is closed and reported like any other.
   * @param message the message that `text` encodes, if any. `Gateway.unsent` returns it if the connection ends before any of
   * `text` was sent. Its payload is not read.
   */
  write(text: Uint8Array, message?: SignalMessage): WriteOutcome;

  /** Sends a ping of the transport; `Gateway.controlFrame` reports the pong. Has no effect on a stream. */
  ping(): void;

  /** Closes with a code and a reason of at most 123 bytes. A second call has no effect. */
  close(code: number, why: string): void;

  /** B3: ends the connection at once, without a close frame, and frees its buffers; also while it is being closed. */
  terminate(): void;

  /**
   * M19: stops reporting frames until `resume`. Frames that arrive meanwhile are kept within the bounds for frames and buffers.
   */
  pause(): void;

  resume(): void;

  /**
   * M23: counts work of this turn beyond the frames of the client, so that fewer of the frames that wait are handled in the same
   * turn. Undefined if the transport does not bound the work of a turn.
   * @param units each about a microsecond.
   */
  spend?(units: number): void;

  /**
   * M23: asked between two requests of the client. On `false`, the transport calls `Gateway.continueFrame` in a later turn,
   * before any other report of the connection. Undefined if the transport does not bound the work of a turn.
   */
  mayContinue?(): boolean;
}
