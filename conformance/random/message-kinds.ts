import { needsDelivery, type MessageKind } from '../../src/domain/message.ts';

/** Types that clients send. Only the server sends EXPIRE. */
export const KINDS = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE'] as const;

export type Kind = (typeof KINDS)[number];

/** M6, M13: true if the message is held for an absent peer. */
export function isHeldForAbsent(kind: Kind): boolean {
  return needsDelivery(kind.toLowerCase() as MessageKind);
}
