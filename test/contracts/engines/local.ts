import { deserialize, serialize } from 'node:v8';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import type { Command, HubItem } from '../../../src/adapters/engines/local/calls.ts';
import type { Channel, ChannelListener } from '../../../src/adapters/engines/local/channel.ts';
import { localEngine } from '../../../src/adapters/engines/local/engine.ts';
import { LocalHub, type HubStores } from '../../../src/adapters/engines/local/hub.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { Engine } from '../../../src/composition/broker-environment.ts';
import type { EngineSubjects } from '../../../src/contracts/engines/contract.ts';
import { LEASE, ROOM } from '../../../src/contracts/engines/fixture.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';
import { NEVER, type Millis } from '../../../src/domain/time.ts';
import { timedStore } from './timed-store.ts';

/** One end of a channel in this process. Batches are serialized as by IPC, and arrive in a later turn. */
class ChannelEnd<Out, In> implements Channel<Out, In> {
  peer!: ChannelEnd<In, Out>;
  listener: ChannelListener<In> | undefined;
  isOpen = true;
  /** Batches that were sent. */
  batches = 0;

  send(batch: readonly Out[], sent: () => void): void {
    if (!this.isOpen) return;
    this.batches += 1;
    const copy = serialize(batch);
    setImmediate(() => {
      this.peer.listener?.onBatch(deserialize(copy) as readonly Out[]);
      sent();
    });
  }

  listen(listener: ChannelListener<In>): void {
    this.listener = listener;
  }

  /** The process of this end has ended. */
  close(): void {
    this.isOpen = this.peer.isOpen = false;
    setImmediate(() => this.peer.listener?.onClosed());
  }
}

export function channelPair(): { readonly node: ChannelEnd<Command, HubItem>; readonly hub: ChannelEnd<HubItem, Command> } {
  const [node, hub] = [new ChannelEnd<Command, HubItem>(), new ChannelEnd<HubItem, Command>()];
  node.peer = hub;
  hub.peer = node;
  return { node, hub };
}

/** A hub and its nodes in one process, on a manual clock. */
export class LocalCluster {
  readonly clock = new ManualClock();
  readonly directory: MemoryPeerDirectory;
  readonly mailboxes: MemoryMailboxStore;
  readonly hub: LocalHub;
  records: MemoryClusterRecords;
  readonly channels = new Map<NodeId, ReturnType<typeof channelPair>>();
  readonly #engines = new Map<NodeId, Engine>();
  readonly #expireTimeout: Millis;
  readonly #lease: Millis;

  constructor({ limits = ROOMY, lease = LEASE, room = NEVER } = {}) {
    this.#expireTimeout = limits.expireTimeout;
    this.#lease = lease;
    const notify = (node: NodeId, message: BusMessage): void => this.hub.notify(node, message);
    this.directory = new MemoryPeerDirectory(this.clock, lease, notify, 'first', { concurrentLimit: room });
    this.mailboxes = new MemoryMailboxStore(limits, { holders: this.directory, notify });
    this.records = this.emptyRecords();
    const stores: HubStores = {
      directory: this.directory,
      mailboxes: this.mailboxes,
      records: {
        nodes: (...given) => this.records.nodes(...given),
        putBan: (...given) => this.records.putBan(...given),
        removeBan: (...given) => this.records.removeBan(...given),
        readBans: (...given) => this.records.readBans(...given),
      },
    };
    this.hub = new LocalHub(stores, { clock: this.clock });
  }

  emptyRecords(): MemoryClusterRecords {
    return new MemoryClusterRecords(this.clock, () => this.directory.liveNodes());
  }

  /** The engine of a node, connected on first use. */
  node(name: NodeId): Engine {
    const known = this.#engines.get(name);
    if (known !== undefined) return known;
    const channel = channelPair();
    this.channels.set(name, channel);
    this.hub.connect(name, channel.hub);
    const engine = localEngine(channel.node, { node: name, lease: this.#lease, expireTimeout: this.#expireTimeout });
    this.#engines.set(name, engine);
    return engine;
  }

  async elapse(span: Millis): Promise<void> {
    this.clock.advance(span);
  }
}

const HERE = nodeId('here');

export const LOCAL_SUBJECTS: EngineSubjects = {
  async directory() {
    const cluster = new LocalCluster();
    return {
      node: (name) => cluster.node(name).directory,
      elapse: (span) => cluster.elapse(span),
      dispose: () => Promise.resolve(),
    };
  },

  async mailboxes(limits) {
    const cluster = new LocalCluster({ limits, lease: 1e9 });
    const { mailboxes, directory } = cluster.node(HERE);
    return {
      store: timedStore(mailboxes, directory, (now) => cluster.clock.advance(Math.max(0, now - cluster.clock.now()))),
      isShared: true,
      usage: async () => cluster.mailboxes.usage(),
      dispose: () => Promise.resolve(),
    };
  },

  async bus() {
    const cluster = new LocalCluster();
    return { node: (name) => cluster.node(name).bus, dispose: () => Promise.resolve() };
  },

  async records() {
    const cluster = new LocalCluster();
    return {
      node: (name) => {
        const { records } = cluster.node(name);
        if (records === undefined) throw new Error('the engine has records');
        return records;
      },
      renew: (name) => new Promise((resolve) => cluster.node(name).directory.renewLease(name, () => resolve())),
      elapse: (span) => cluster.elapse(span),
      forget: async () => void (cluster.records = cluster.emptyRecords()),
      dispose: () => Promise.resolve(),
    };
  },

  async whole() {
    const cluster = new LocalCluster({ room: ROOM });
    const messages = new Map<NodeId, BusMessage[]>();
    for (const name of ['here', 'there', 'far'].map(nodeId)) {
      const received: BusMessage[] = [];
      messages.set(name, received);
      cluster.node(name).bus.listen({ onMessage: (message) => void received.push(message), onMessagesLost: () => undefined });
    }
    return {
      node: (name) => {
        const { directory, mailboxes } = cluster.node(name);
        return { directory, mailboxes, messages: messages.get(name) ?? [] };
      },
      elapse: (span) => cluster.elapse(span),
      dispose: () => Promise.resolve(),
    };
  },
};
