import type { Claim, ClaimOutcome, PeerDirectory } from '../../application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../domain/ids.ts';
import { type Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';

/** One empty directory with a clock that the test controls. */
export interface DirectorySubject {
  /** The directory of one node of the cluster. */
  node(name: NodeId): PeerDirectory;
  /** Advances the clock of the directory, or waits, for at least `span`. */
  readonly elapse: (span: Millis) => Promise<void>;
  dispose(): Promise<void>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: DirectorySubject) => Promise<void>;
}

export const HERE = nodeId('here');

export const THERE = nodeId('there');

/** A claim for `ann` by default. */
export function claimOf(but: { realm?: string; id?: string; token?: string; node?: NodeId; connection?: number } = {}): Claim {
  return {
    realm: { key: realmKey(but.realm ?? 'green'), node: but.node ?? HERE },
    id: (but.id ?? 'ann') as PeerId,
    token: new Token(but.token ?? 'hers'),
    connection: connectionId(but.connection ?? 1, 0),
  };
}

export function claim(subject: DirectorySubject, wanted: Claim): Promise<ClaimOutcome> {
  return new Promise((answer) => subject.node(wanted.realm.node).claim(wanted, answer));
}

/** Answers have the order of the calls, so this answer follows all earlier calls of the node. */
export function locate(subject: DirectorySubject, { realm, id }: Claim, asking: NodeId = HERE): Promise<NodeId | undefined> {
  return new Promise((answer) => subject.node(asking).locate(realm.key, id, answer));
}

export async function release(subject: DirectorySubject, held: Claim): Promise<void> {
  subject.node(held.realm.node).release(held);
  await locate(subject, held, held.realm.node);
}

export async function keep(subject: DirectorySubject, node: NodeId): Promise<void> {
  subject.node(node).renewLease(node, () => undefined);
  await locate(subject, claimOf(), node);
}

export function leaseOf(subject: DirectorySubject): Millis {
  return subject.node(HERE).lease;
}
