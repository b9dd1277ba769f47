import type { Millis } from '../../../domain/time.ts';

/** A message as it is stored. */
export interface StoredMessage {
  readonly realm: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly payload: Uint8Array | undefined;
  readonly proof: string | undefined;
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
}

/** A message that was read. */
export interface ReadMessage extends StoredMessage {
  /** Its number in the database. */
  readonly sequence: number;
}

/** A change of the stored messages. */
export type Change =
  /** @param moment of the arrival, in this process. */
  | { readonly do: 'insert'; readonly message: StoredMessage; readonly moment: Millis }
  /** All messages for one id. */
  | { readonly do: 'delete'; readonly realm: string; readonly to: string }
  /** All messages that arrived until `until`. */
  | { readonly do: 'expire'; readonly until: Millis }
  /** One message. */
  | { readonly do: 'discard'; readonly sequence: number };

/** The time of a process at its start. */
export interface StartTime {
  readonly now: Millis;
  readonly unixTime: number;
}

/** The stored messages. Each callback is called later, in the order of the calls. */
export interface Journal {
  /** Reads all messages, the oldest first. Rejects with the reason, for the operator. */
  open(time: StartTime, onMessages: (messages: readonly ReadMessage[]) => void): Promise<void>;
  /** Writes all changes in one transaction, or none. @param done receives the reason if they were not written. */
  commit(changes: readonly Change[], done: (failure: string | undefined) => void): void;
  /** Writes what is left, and closes. */
  close(): Promise<void>;
}
