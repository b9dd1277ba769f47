import type { Millis } from '../../src/domain/time.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Kind } from './message-kinds.ts';

/** A sent message and its outcome. */
export interface SentMessage {
  /** The number of the message, which is also its payload. */
  readonly n: number;
  readonly kind: Kind;
  readonly from: ClientConnection;
  readonly to: string;
  readonly at: Millis;
  /** True if the recipient was present when the message was sent. */
  readonly wasPresent: boolean;
  /** True if the message may not have arrived, or may have expired with others. No event is required any more. */
  isUncertain: boolean;
  /** The expired message whose EXPIRE may have included this one. */
  mayHaveExpiredWith: SentMessage | undefined;
  /** The outcome, once it is known. */
  fate: 'delivered' | 'expired' | 'dropped' | undefined;
}

/** The message as text for violations. */
export function describeMessage({ n, kind, from, to }: SentMessage): string {
  return `${kind} ${n} of ${from.name} to ${JSON.stringify(to)}`;
}
