import type { BanSnapshot, StoredBan } from '../../../application/ports/cluster-records.ts';
import type { ExceededBound, ClaimState, HeldMessages, HoldOutcome } from '../../../application/ports/mailbox-store.ts';
import type { BusMessage, BusPublication, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { Claim, ClaimOutcome, Holder, RenewOutcome, SupersededClaim } from '../../../application/ports/peer-directory.ts';
import type { ClaimNumber } from '../../../domain/claim-number.ts';
import type { Expired } from '../../../domain/decision.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { copyMessage, type MessageKind, type Payload, type SignalMessage } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { ownerOf, Token, type Owner } from '../../../domain/token.ts';

/*
 * The messages between a node and the hub. Tuples, because a serialized object repeats its field names. Both ends are
 * processes of one version of the package.
 */

/** A claim of the node that sends it. The text is the identity of the token. */
export type SentClaim = readonly [
  realm: RealmKey,
  id: PeerId,
  identity: string,
  connection: ConnectionId,
  number?: ClaimNumber | undefined,
];

export type SentMessage = readonly [
  kind: MessageKind,
  from: PeerId,
  to: PeerId,
  payload?: Payload | undefined,
  proof?: string | undefined,
];

/** `owner`: the proof of its token. */
export type SentExpired = readonly [realm: RealmKey, from: PeerId, to: PeerId, proof?: string | undefined];

/** The parameters of a command, and those of its reply; `undefined` if it has none. */
interface Calls {
  claim: [[SentClaim], [ClaimOutcome, Holder?, ClaimNumber?]];
  check: [[SentClaim], [ClaimOutcome]];
  confirm: [[SentClaim, ifFree: boolean], ['held' | 'lost']];
  release: [[SentClaim], undefined];
  renew: [[], [RenewOutcome, (readonly SupersededClaim[])?]];
  locate: [[RealmKey, PeerId], [NodeId?]];
  present: [[RealmKey], [readonly PeerId[]]];
  put: [[RealmKey, sender: readonly [PeerId, ConnectionId] | undefined, SentMessage], [HoldOutcome, ExceededBound?]];
  take: [[RealmKey, PeerId, ConnectionId], [readonly SentMessage[], readonly PeerId[], ClaimState?, (readonly Millis[])?]];
  waiting: [[RealmKey], [readonly PeerId[]]];
  measure: [[RealmKey, PeerId], [HeldMessages]];
  /** The reply has the time until the next expiry. M23: `isMore` if other messages are due. */
  expire: [[], [readonly SentExpired[], next: Millis, isMore: boolean]];
  broadcast: [[BusPublication], undefined];
  send: [[NodeId, NodeMessage], undefined];
  nodes: [[], [readonly NodeId[]]];
  putBan: [[StoredBan], ['done' | 'full' | 'unavailable']];
  removeBan: [[string], ['done' | 'unavailable']];
  readBans: [[string | undefined], [BanSnapshot | 'unchanged' | 'unavailable']];
}

export type CallName = keyof Calls;
export type Parameters<Name extends CallName> = Calls[Name][0];
export type Reply<Name extends CallName> = Calls[Name][1];
/** The commands with a reply. */
export type AskingName = { [Name in CallName]: Calls[Name][1] extends undefined ? never : Name }[CallName];

/** From a node to the hub. */
export type Command = { [Name in CallName]: readonly [Name, ...Calls[Name][0]] }[CallName];

/** From the hub to a node. The replies have the order of the commands. `lost`: bus messages were dropped. */
export type HubItem = readonly ['reply', readonly unknown[]] | readonly ['message', BusMessage] | readonly ['lost'];

export function sentClaim({ realm, id, token, connection, claimNumber }: Omit<Claim, 'connection'> & Partial<Claim>): SentClaim {
  return [realm.key, id, token.identity, connection ?? (0 as ConnectionId), claimNumber];
}

/** The secret itself stays at the node. */
export function claimFrom(node: NodeId, [key, id, identity, connection, claimNumber]: SentClaim): Claim {
  return { realm: { key, node }, id, token: new Token('', identity), connection, claimNumber };
}

/** A copy, because the payload is borrowed for the turn. */
export function sentMessage(message: SignalMessage): SentMessage {
  const { kind, from, to, payload, owner } = copyMessage(message);
  return [kind, from, to, payload, owner?.proof];
}

export function messageFrom([kind, from, to, payload, proof]: SentMessage): SignalMessage {
  return { kind, from, to, payload, owner: ownerFrom(proof) };
}

export function sentExpired({ realm, from, to, owner }: Expired & { readonly realm: RealmKey }): SentExpired {
  return [realm, from, to, owner?.proof];
}

export function expiredFrom([realm, from, to, proof]: SentExpired): Expired & { readonly realm: RealmKey } {
  return { realm, from, to, owner: ownerFrom(proof) };
}

function ownerFrom(proof: string | undefined): Owner | undefined {
  return proof === undefined ? undefined : ownerOf(proof);
}
