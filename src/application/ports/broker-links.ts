import type { NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { MessageKind, Payload } from '../../domain/message.ts';

/** How another node reaches this one. Anyone who knows the key can open a link to this node. */
export interface LinkInvitation {
  readonly url: string;
  readonly key: string;
}

/** The node that sends messages over a link, and the node that receives them. */
export type LinkRole = 'sender' | 'receiver';

/** The items that the sender of a link sends. A number names a lane of this link, and is never used again. */
export type SenderItem =
  /** Asks for a lane from a connection of the sender to a peer of the receiver. `owner`: proof of the token of `from`. */
  | {
      readonly type: 'open';
      readonly lane: number;
      readonly realm: RealmKey;
      readonly from: PeerId;
      readonly to: PeerId;
      readonly owner: string;
    }
  /** Sent on lanes that are open. The messages of one lane are counted from 1. */
  | { readonly type: 'message'; readonly lane: number; readonly kind: MessageKind; readonly payload: Payload | undefined }
  /** No message follows on the lane. Answered with `closed`, unless the receiver has closed the lane before. */
  | { readonly type: 'close'; readonly lane: number }
  | { readonly type: 'pong' };

/** The items that the receiver of a link sends. */
export type ReceiverItem =
  | { readonly type: 'opened'; readonly lane: number }
  /** The first `delivered` messages of the lane were handled. No other message of the lane was or will be delivered. */
  | { readonly type: 'closed'; readonly lane: number; readonly delivered: number }
  /** Number of messages on all lanes of the link that were handled, or dropped because of an earlier `closed`. */
  | { readonly type: 'received'; readonly count: number }
  | { readonly type: 'ping' };

/** An item on a link, in either direction. */
export type LinkItem = SenderItem | ReceiverItem;

/** A connection from a sender to a receiver. Items arrive at most once, in order, and without gaps until the end of the link. */
export interface BrokerLink {
  /** The node at the other end, which has proved that it knows the key of the invitation. */
  readonly node: NodeId;
  /** Borrows the item for the call. May delay it until the end of the turn of the event loop. Without effect after the end. */
  send(item: LinkItem): void;
  /** Sends all accepted items, and ends the link. `ended` is reported in a later turn. Without effect when repeated. */
  end(): void;
}

/** Reports come in turns of their own, never from inside a call to a link. */
export interface LinkListener {
  readonly opened: (link: BrokerLink, role: LinkRole) => void;
  /** The item is borrowed for the call. */
  readonly received: (link: BrokerLink, item: LinkItem) => void;
  /** Reported once. No other report of the link follows. Items that were sent may have arrived or not. */
  readonly ended: (link: BrokerLink) => void;
}

/** Opens connections between the nodes of a cluster. Delivery does not depend on them: without links, mailboxes are used. */
export interface BrokerLinks {
  /** The invitation for `dial` at other nodes, which become receivers of this node. */
  readonly invitation: LinkInvitation;
  /** Called once, before the transport listens. */
  listen(node: NodeId, listener: LinkListener): void;
  /** Opens a link on which this node receives. Has no other effect if the node can't be reached. */
  dial(node: NodeId, invitation: LinkInvitation): void;
  /** Ends all links and accepts no other. */
  close(): Promise<void>;
}
