import { needsDelivery, type MessageKind } from '../../src/domain/message.ts';

/** Types that the model sends to others. EXPIRE is the server's own word. */
export const KINDS = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE'] as const;

export type Kind = (typeof KINDS)[number];

/** M6, M13: whether it waits for a peer that is away. */
export function isHeldForAbsent(kind: Kind): boolean {
  return needsDelivery(kind.toLowerCase() as MessageKind);
}
