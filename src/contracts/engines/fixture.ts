import type { ClaimState, HoldOutcome, MailboxStore } from '../../application/ports/mailbox-store.ts';
import type { BusMessage } from '../../application/ports/node-bus.ts';
import type {
  Claim,
  ClaimOutcome,
  Holder,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../../application/ports/peer-directory.ts';
import type { ClaimNumber } from '../../domain/claim-number.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import { until } from '../until.ts';

/** One empty engine with leases of LEASE, and at most ROOM peers in a realm. */
export interface EngineSubject {
  /** Directory and mailboxes of one node, which share their state, and the bus messages that the node has received. */
  node(name: NodeId): {
    readonly directory: PeerDirectory;
    readonly mailboxes: MailboxStore;
    readonly messages: readonly BusMessage[];
  };
  /** For clauses about versions. */
  readonly versions?: {
    /** A node of another format version starts, or renews its lease. */
    join(version: number): Promise<void>;
    /** The version of live nodes that keeps a node of this version from using the engine. */
    foreignVersion(node: NodeId): Promise<number | undefined>;
  };
  readonly elapse: (span: Millis) => Promise<void>;
  dispose(): Promise<void>;
}

export const LEASE: Millis = 1_000;

/** O6: peer limit of a realm, if the engine enforces it. */
export const ROOM = 3;

export interface Clause {
  readonly name: string;
  /** Only for engines that count the peers of the whole cluster. */
  readonly needsCount?: true;
  /** Only for engines that processes of several versions may share. */
  readonly needsVersions?: true;
  /** @param timeout for a bus message, in ms. */
  readonly run: (subject: EngineSubject, timeout?: number) => Promise<void>;
}

export const HERE = nodeId('here');
export const THERE = nodeId('there');
export const FAR = nodeId('far');

export const PATIENCE_MS = 5_000;

export const GREEN = realmKey('green');

export class EngineClient {
  readonly #subject: EngineSubject;

  constructor(subject: EngineSubject) {
    this.#subject = subject;
  }

  claim(claim: Claim): Promise<[ClaimOutcome, Holder | undefined]> {
    return new Promise((resolve) => this.#at(claim).directory.claim(claim, (outcome, before) => resolve([outcome, before])));
  }

  /** @returns the claim with the number with which it was granted. */
  claimed(claim: Claim): Promise<Claim> {
    const numbered = (claimNumber: ClaimNumber | undefined): Claim => ({ ...claim, claimNumber });
    return new Promise((resolve) =>
      this.#at(claim).directory.claim(claim, (_outcome, _previous, number) => resolve(numbered(number))),
    );
  }

  check(claim: Claim): Promise<ClaimOutcome> {
    return new Promise((resolve) => this.#at(claim).directory.check(claim, resolve));
  }

  confirm(claim: Claim, ifFree = false): Promise<'held' | 'lost'> {
    return new Promise((resolve) => this.#at(claim).directory.confirm(claim, ifFree, resolve));
  }

  release(claim: Claim): void {
    this.#at(claim).directory.release(claim);
  }

  keep(node: NodeId): Promise<RenewOutcome> {
    return new Promise((resolve) => this.#subject.node(node).directory.renewLease(node, resolve));
  }

  /** Renews a lease. @returns the superseded claims. */
  superseded(node: NodeId): Promise<readonly SupersededClaim[]> {
    const { directory } = this.#subject.node(node);
    return new Promise((resolve) => directory.renewLease(node, (_outcome, superseded = []) => resolve(superseded)));
  }

  present(node = HERE): Promise<readonly PeerId[]> {
    return new Promise((resolve) => this.#subject.node(node).directory.present(GREEN, resolve));
  }

  put(sender: Claim | undefined, message: SignalMessage): Promise<HoldOutcome> {
    const { mailboxes } = this.#subject.node(sender?.realm.node ?? HERE);
    return new Promise((resolve) => mailboxes.put(GREEN, sender, message, 0, resolve));
  }

  /** Resolves with the first bus messages. */
  messages(node: NodeId, timeout = PATIENCE_MS): Promise<readonly BusMessage[]> {
    return until(timeout, 'a bus message', () => {
      const { messages } = this.#subject.node(node);
      return messages.length > 0 ? messages : undefined;
    });
  }

  take(taker: Claim): Promise<{ payloads: string[]; unread: readonly PeerId[]; claim: ClaimState }> {
    return new Promise((resolve) =>
      this.#at(taker).mailboxes.take(taker, (messages, unread, claim = 'held') =>
        resolve({
          payloads: messages.map(({ payload, kind }) => (payload === undefined ? kind : Buffer.from(payload).toString())),
          ...{ unread, claim },
        }),
      ),
    );
  }

  waiting(): Promise<readonly PeerId[]> {
    return new Promise((resolve) => this.#subject.node(HERE).mailboxes.waiting(GREEN, resolve));
  }

  #at({ realm }: Claim): ReturnType<EngineSubject['node']> {
    return this.#subject.node(realm.node);
  }
}

export function peer(id: string, node: NodeId, connection = 1): Claim {
  return { realm: { key: GREEN, node }, id: id as PeerId, token: new Token(`of ${id}`), connection: connectionId(connection, 0) };
}

export function messageOf(from: string, to: string, text: string, kind: SignalMessage['kind'] = 'offer'): SignalMessage {
  return { kind, from: from as PeerId, to: to as PeerId, payload: Buffer.from(text) };
}
