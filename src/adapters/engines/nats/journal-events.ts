import type { ConnectionId, PeerId } from '../../../domain/ids.ts';

/** An event for this node that follows from an entry. */
export type JournalEvent = { readonly type: 'mail'; readonly id: PeerId } | ({ readonly type: 'superseded' } & MovedClaim);

/** O5: a claim of this node that has moved to another connection. */
export interface MovedClaim {
  readonly id: PeerId;
  readonly connection: ConnectionId;
}
