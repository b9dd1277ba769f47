import type { Clock } from '../../../application/ports/clock.ts';
import type { ClusterRecords } from '../../../application/ports/cluster-records.ts';
import type { MailboxStore } from '../../../application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type { PeerDirectory } from '../../../application/ports/peer-directory.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { BatchWriter, type Schedule } from './batch-writer.ts';
import {
  claimFrom,
  messageFrom,
  sentExpired,
  sentMessage,
  type AskingName,
  type CallName,
  type Command,
  type HubItem,
  type Parameters,
  type Reply,
  type SentMessage,
} from './calls.ts';
import type { Channel } from './channel.ts';

/** A directory that knows when the process of a node has ended. */
export interface HubDirectory extends PeerDirectory {
  /** The ids of the node are free from now on. */
  endLease(node: NodeId): void;
  /** Removes the claims of the node in steps of at most `size` examined claims. */
  removeClaims(node: NodeId, size: number): Iterator<void>;
}

/** The state that the nodes share. Each store answers during the call. */
export interface HubStores {
  readonly directory: HubDirectory;
  readonly mailboxes: MailboxStore;
  readonly records: ClusterRecords;
}

export interface HubOptions {
  readonly clock: Clock;
  readonly schedule?: Schedule;
}

/** Bus messages for a node that does not read; further ones are dropped, and the node is notified of the loss. */
const MAX_PENDING = 20_000;
/** Bytes of publications for a node that does not read. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
/** Leases after which the claims of a node that has ended are removed. Until then, notices for their tokens are held (M14). */
const RETENTION_LEASES = 20;
/** Claims that are examined in one turn. */
const STEP_SIZE = 5_000;

type NodeChannel = Channel<HubItem, Command>;

interface HubNode {
  readonly id: NodeId;
  readonly writer: BatchWriter<HubItem>;
  pendingBytes: number;
  hasLost: boolean;
  /** The peers that are named by a pending `mail`, as realm and id, and the number of batches before it. */
  readonly mailed: Set<string>;
  mailedBefore: number;
}

type Handlers = {
  readonly [Name in CallName]: (
    node: HubNode,
    parameters: Parameters<Name>,
    reply: Name extends AskingName ? (...reply: NonNullable<Reply<Name>>) => void : undefined,
  ) => void;
};

/** The engine of the nodes on one machine: directory, mailboxes, records and bus in the memory of one process. */
export class LocalHub {
  readonly #stores: HubStores;
  readonly #clock: Clock;
  readonly #schedule: Schedule | undefined;
  readonly #nodes = new Map<NodeId, HubNode>();
  /** M23: the time of an expiry that the next call continues, of any node. */
  #expiryAt: Millis | undefined;

  constructor(stores: HubStores, { clock, schedule }: HubOptions) {
    this.#stores = stores;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** Serves a node until its channel closes. The id of the node is not used again. */
  connect(id: NodeId, channel: NodeChannel): void {
    const node: HubNode = {
      ...{ id, pendingBytes: 0, hasLost: false, mailed: new Set<string>(), mailedBefore: 0 },
      writer: new BatchWriter(channel, this.#schedule),
    };
    this.#nodes.set(id, node);
    channel.listen({
      onBatch: (batch) => {
        for (const command of batch) this.#run(node, command);
      },
      onClosed: () => this.#disconnected(id),
    });
  }

  /** Sends a notification of the stores. */
  notify(to: NodeId, message: BusMessage): void {
    const node = this.#nodes.get(to);
    if (node !== undefined) send(node, message);
  }

  #run(node: HubNode, [name, ...parameters]: Command): void {
    const reply = (...values: unknown[]): void => node.writer.write(['reply', values], name === 'take' ? bytesOf(values[0]) : 0);
    // The compiler does not see that name and parameters belong together.
    const handler = this.#handlers[name] as (node: HubNode, parameters: readonly unknown[], reply: unknown) => void;
    handler(node, parameters, reply);
  }

  /** Messages stay in their mailboxes. */
  #disconnected(id: NodeId): void {
    const { directory } = this.#stores;
    this.#nodes.delete(id);
    directory.endLease(id);
    this.#clock.wakeAt(this.#clock.now() + RETENTION_LEASES * directory.lease, () => {
      this.#takeSteps(directory.removeClaims(id, STEP_SIZE));
    });
  }

  #takeSteps(steps: Iterator<void>): void {
    if (steps.next().done !== true) this.#clock.wakeAt(this.#clock.now(), () => this.#takeSteps(steps));
  }

  readonly #handlers: Handlers = {
    claim: ({ id }, [claim], reply) => this.#stores.directory.claim(claimFrom(id, claim), reply),
    check: ({ id }, [claim], reply) => this.#stores.directory.check(claimFrom(id, claim), reply),
    confirm: ({ id }, [claim, ifFree], reply) => this.#stores.directory.confirm(claimFrom(id, claim), ifFree, reply),
    release: ({ id }, [claim]) => this.#stores.directory.release(claimFrom(id, claim)),
    renew: ({ id }, _none, reply) => this.#stores.directory.renewLease(id, reply),
    locate: (_node, [realm, id], reply) => this.#stores.directory.locate(realm, id, reply),
    present: (_node, [realm], reply) => this.#stores.directory.present(realm, reply),
    put: ({ id: node }, [key, sender, message], reply) => {
      const [id, connection] = sender ?? [];
      const peer = id === undefined || connection === undefined ? undefined : { realm: { key, node }, id, connection };
      this.#stores.mailboxes.put(key, peer, messageFrom(message), this.#clock.now(), reply);
    },
    take: ({ id: node }, [key, id, connection], reply) => {
      this.#stores.mailboxes.take(
        { realm: { key, node }, id, connection },
        (messages, unread, claim, waits) => reply(messages.map(sentMessage), unread, claim, waits),
        this.#clock.now(),
      );
    },
    waiting: (_node, [realm], reply) => this.#stores.mailboxes.waiting(realm, reply),
    measure: (_node, [realm, id], reply) => {
      const { mailboxes } = this.#stores;
      if (mailboxes.measure === undefined) reply({ messages: 0, bytes: 0 });
      else mailboxes.measure(realm, id, reply);
    },
    expire: (_node, _none, reply) => {
      const { mailboxes } = this.#stores;
      const now = (this.#expiryAt ??= this.#clock.now());
      mailboxes.expire(now, (expired, isMore = false) => {
        if (!isMore) this.#expiryAt = undefined;
        const deadline = mailboxes.nextDeadline();
        reply(expired.map(sentExpired), deadline === NEVER ? NEVER : Math.max(0, deadline - now), isMore);
      });
    },
    broadcast: (from, [message]) => {
      for (const node of this.#nodes.values()) if (node !== from) send(node, message);
    },
    send: (_node, [to, message]) => this.notify(to, message),
    nodes: (_node, _none, reply) => this.#stores.records.nodes(reply),
    putBan: (_node, [ban], reply) => this.#stores.records.putBan(ban, reply),
    removeBan: (_node, [id], reply) => this.#stores.records.removeBan(id, reply),
    readBans: (_node, [known], reply) => this.#stores.records.readBans(known, reply),
  };
}

/** Replies are not limited here, because a node limits its commands without a reply. */
function send(node: HubNode, message: BusMessage): void {
  if (message.type === 'mail' && isMailPending(node, message)) return;
  if (node.writer.size === 0) node.pendingBytes = 0;
  const bytes = sizeOf(message);
  node.pendingBytes += bytes;
  const isFull = node.writer.size >= MAX_PENDING || node.pendingBytes > MAX_PENDING_BYTES;
  if (isFull && !node.hasLost) node.writer.write(['lost']);
  node.hasLost = isFull;
  if (!isFull) node.writer.write(['message', message], bytes);
}

/** O11: whether a `mail` that was not sent yet names the peer. The node then fetches this message with the others. */
function isMailPending(node: HubNode, { realm, id }: BusMessage & { readonly type: 'mail' }): boolean {
  const { writer, mailed } = node;
  if (writer.batches !== node.mailedBefore) mailed.clear();
  node.mailedBefore = writer.batches;
  const peer = `${realm}\n${id}`;
  if (mailed.has(peer)) return true;
  mailed.add(peer);
  return false;
}

/** Of the payloads in the reply to a take. */
function bytesOf(messages: unknown): number {
  return (messages as readonly SentMessage[]).reduce((sum, [, , , payload]) => sum + (payload?.byteLength ?? 0), 0);
}

function sizeOf(message: BusMessage): number {
  if (message.type === 'publication') return message.publication.payload.byteLength;
  return message.type === 'request' || message.type === 'response' ? message.text.length : 0;
}
