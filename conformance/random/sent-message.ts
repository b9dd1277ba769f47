import type { Millis } from '../../src/domain/time.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Kind } from './message-kinds.ts';

/** A message as its sender wrote it, and what came of it. */
export interface SentMessage {
  /** Its number, which is its payload too. */
  readonly n: number;
  readonly kind: Kind;
  readonly from: ClientConnection;
  readonly to: string;
  readonly at: Millis;
  /** Whether the recipient was in when it was sent. */
  readonly wasPresent: boolean;
  /** Whether it may never have arrived, or may have gone with others: nothing is owed any more. */
  isUncertain: boolean;
  /** The message of which an EXPIRE spoke that may have spoken of this one too. */
  mayHaveExpiredWith: SentMessage | undefined;
  /** What came of it, once something did. */
  fate: 'heard' | 'told' | 'dropped' | undefined;
}

/** A message as complaints name it. */
export function describeMessage({ n, kind, from, to }: SentMessage): string {
  return `${kind} ${n} of ${from.name} to ${JSON.stringify(to)}`;
}
