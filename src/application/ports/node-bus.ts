import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../domain/ids.ts';
import type { Publication } from '../../domain/topic.ts';

/** T4: a publication for the subscribers of the other nodes. */
export interface BusPublication {
  readonly type: 'publication';
  readonly realm: RealmKey;
  readonly space: string;
  readonly keepsHistory: boolean;
  readonly publication: Publication;
  /** T15: groups with a member at the sending node, which has received the publication. */
  readonly servedGroups?: readonly string[] | undefined;
}

interface NodeText<Type> {
  readonly type: Type;
  readonly from: NodeId;
  /** Set by the node that asks; the answer has the same. */
  readonly number: number;
  readonly text: string;
}

/** ADM15: a question of an operator for one node, or its answer. */
export type NodeMessage = NodeText<'request'> | NodeText<'response'>;

/** A message from another node. */
export type BusMessage =
  /** O11: a message is held for a peer that is registered at the receiving node. Sent by the mailbox store. */
  | { readonly type: 'mail'; readonly realm: RealmKey; readonly id: PeerId }
  /** O5: the claim of a connection of the receiving node has moved to another node. Sent by the directory. */
  | { readonly type: 'superseded'; readonly realm: RealmKey; readonly id: PeerId; readonly connection: ConnectionId }
  | BusPublication
  | NodeMessage;

/** The handlers for messages from other nodes. */
export interface BusListener {
  readonly onMessage: (message: BusMessage) => void;
  /** Messages of any node may have been lost. */
  readonly onMessagesLost: () => void;
}

/**
 * Carries messages between the nodes of a cluster. Each message arrives at most once; messages from one node to another arrive in
 * order. Delivery to peers does not depend on the bus: a held message waits in a mailbox, and the bus message only lowers its
 * latency.
 */
export interface NodeBus {
  /** Whether this node can reach the shared engine now, as far as the node has noticed. */
  readonly isReachable: boolean;
  /** Subscribes this node. Called once, before any broadcast. */
  listen(listener: BusListener): void;
  /** Sends to all other nodes, and not from inside the call. The message is borrowed for the call. */
  broadcast(message: BusPublication): void;
  /** ADM15: sends to one other node. Lost if the node or the engine is unreachable, and never repeated. */
  send(to: NodeId, message: NodeMessage): void;
  /** Stops sending and receiving. */
  close(): Promise<void>;
}
