import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage, NodeBus } from '../../../src/application/ports/node-bus.ts';
import type { Claim, PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { Engine } from '../../../src/composition/broker-environment.ts';
import type { NodeId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { copyMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import {
  EngineState,
  type Effect,
  type EngineStateOptions,
  type EngineStores,
  type Operation,
  type Reply,
} from './engine-state.ts';
import type { EngineEvents } from './cluster-options.ts';
import type { NodeProcess } from './node-process.ts';
import { SimulatedConnection } from './simulated-connection.ts';

/** The connection of a node to the engine, with faults that the test injects. */
export interface EngineConnection {
  /** Delay of each direction, in ms. */
  delay: Millis;
  /** Delay of bus messages, in ms, if they use a separate connection. */
  busDelay: Millis;
  readonly isCut: boolean;
  cut(): void;
  restore(): void;
  /** Commands in flight to the engine are lost without an error, as while a stream has no leader. */
  dropInFlight(): void;
  /** The node is killed. */
  kill(): void;
}

/** The engine of one node, and its connection. */
export interface NodeEngine {
  readonly engine: Engine;
  readonly connection: EngineConnection;
}

/** The engine that the nodes of a cluster share. */
export interface ClusterEngine {
  connect(node: NodeId, process: NodeProcess): NodeEngine;
  /** The engine loses all its data. To be called while all connections are cut. */
  forget(): void;
  /**
   * Another server takes over. To be called while all connections are cut.
   * @returns the effects of the last writes that are lost. An engine that replicates before it replies loses none.
   */
  failOver(lostWrites: number): readonly Effect[];
  /** To be called after each step of the clock; resolves when its consequences are done. */
  settle(): Promise<void> | undefined;
}

export interface SimulatedEngineOptions {
  /** Whether notifications are delivered twice, which must be harmless. */
  readonly duplicatesBusMessages: boolean;
  readonly onLateClaim: EngineEvents['onLateClaim'];
  readonly createDirectory?: EngineStateOptions['createDirectory'];
}

/** A simulated engine with one shared state, which replicates asynchronously. Each node has its own connection. */
export class SimulatedEngine implements ClusterEngine {
  readonly #state: EngineState;
  readonly #clock: ManualClock;
  readonly #connections = new Map<NodeId, SimulatedConnection>();
  readonly #options: SimulatedEngineOptions;

  constructor(clock: ManualClock, limits: MailboxLimits, lease: Millis, options: SimulatedEngineOptions) {
    this.#clock = clock;
    this.#options = options;
    const { createDirectory } = options;
    this.#state = new EngineState({
      ...{ clock, limits, lease, notify: (node, word) => this.#notify(node, word) },
      ...(createDirectory === undefined ? {} : { createDirectory }),
    });
  }

  connect(node: NodeId, process: NodeProcess): NodeEngine {
    const connection = new SimulatedConnection(this.#clock, process, this.#state);
    this.#connections.set(node, connection);
    return {
      connection,
      engine: {
        node,
        directory: this.#directoryOver(connection),
        mailboxes: this.#mailboxesOver(connection),
        bus: this.#busOver(node, connection),
        records: new MemoryClusterRecords(this.#clock, () => [node]),
      },
    };
  }

  forget(): void {
    const lost = this.#state.forget();
    for (const connection of this.#connections.values()) connection.retry((command) => lost.has(command), true);
  }

  failOver(lostWrites: number): readonly Effect[] {
    const { commands, effects } = this.#state.failOver(lostWrites);
    for (const connection of this.#connections.values()) connection.retry((command) => commands.has(command), false);
    return effects;
  }

  settle(): undefined {
    return undefined;
  }

  #directoryOver(connection: SimulatedConnection): PeerDirectory {
    const released = new WeakSet<Claim>();
    const send = (operation: Operation): void => connection.send({ operation: () => operation });
    const read = (query: Query): void => send(readOnly(query));
    return {
      lease: this.#state.stores.directory.lease,
      claim: (claim, answer) => {
        const before = connection.isCut ? undefined : connection.cuts;
        const refuse = readOnly((_stores, reply) => reply(() => answer('taken')));
        const grant: Operation = ({ directory }, reply) => {
          directory.claim(claim, (...outcome) => reply(() => answer(...outcome)));
          return { type: 'owner', id: claim.id };
        };
        connection.send({
          operation: () => {
            const isLate = released.has(claim);
            // A released claim is not retried.
            if (isLate && before !== connection.cuts) return refuse;
            if (isLate) this.#options.onLateClaim(claim.id);
            return grant;
          },
        });
      },
      check: (claim, answer) => read(({ directory }, reply) => directory.check(claim, (outcome) => reply(() => answer(outcome)))),
      confirm: (claim, ifFree, answer) =>
        send(({ directory }, reply) => {
          directory.confirm(claim, ifFree, (outcome) => reply(() => answer(outcome)));
          return { type: 'owner', id: claim.id };
        }),
      release: (claim) => {
        released.add(claim);
        send(({ directory }, reply) => {
          directory.release(claim);
          reply(() => undefined);
          return { type: 'owner', id: claim.id };
        });
      },
      renewLease: (node, answer) =>
        send(({ directory }, reply) => {
          directory.renewLease(node, (...outcome) => reply(() => answer(...outcome)));
          return { type: 'lease' };
        }),
      locate: (realm, id, answer) =>
        read(({ directory }, reply) => directory.locate(realm, id, (node) => reply(() => answer(node)))),
      present: (realm, answer) => read(({ directory }, reply) => directory.present(realm, (ids) => reply(() => answer(ids)))),
    };
  }

  #mailboxesOver(connection: SimulatedConnection): MailboxStore {
    const send = (operation: Operation): void => connection.send({ operation: () => operation });
    const read = (query: Query): void => send(readOnly(query));
    return {
      put: (realm, sender, borrowed, _now, answer) => {
        const message = copyMessage(borrowed);
        const ifForgotten = readOnly((_stores, reply) => reply(() => answer('full')));
        const operation: Operation = ({ mailboxes, now }, reply) => {
          let isHeld = false;
          mailboxes.put(realm, sender, message, now(), (outcome) => {
            isHeld = outcome === 'held';
            reply(() => answer(outcome));
          });
          return isHeld ? { type: 'put', message } : undefined;
        };
        connection.send({ operation: () => operation, ifForgotten });
      },
      take: (taker, answer, _now, isWanted = () => true) => {
        const before = connection.isCut ? undefined : connection.cuts;
        const takeNothing = readOnly((_stores, reply) => reply(() => answer([], [])));
        const take: Operation = ({ mailboxes }, reply) => {
          let all: Effect = { type: 'taken', messages: [] };
          mailboxes.take(taker, (messages, ...rest) => {
            all = { type: 'taken', messages };
            reply(() => answer(messages, ...rest));
          });
          return all;
        };
        // A command that was sent before its connection ended is not changed.
        connection.send({ operation: () => (before === connection.cuts || isWanted() ? take : takeNothing) });
      },
      waiting: (realm, answer) => read(({ mailboxes }, reply) => mailboxes.waiting(realm, (ids) => reply(() => answer(ids)))),
      expire: (_now, answer) =>
        send(({ mailboxes, now }, reply) => {
          let pairs: Effect = { type: 'expired', pairs: [] };
          mailboxes.expire(now(), (expired) => {
            pairs = { type: 'expired', pairs: expired };
            reply(() => answer(expired));
          });
          return pairs;
        }),
      nextDeadline: () => Math.max(this.#state.stores.mailboxes.nextDeadline(), this.#clock.now() + 1),
    };
  }

  #busOver(node: NodeId, connection: SimulatedConnection): NodeBus {
    return {
      get isReachable() {
        return !connection.isCut;
      },
      listen: (listener) => {
        connection.listener = listener;
      },
      broadcast: (word) => {
        if (connection.isCut) return;
        const operation = readOnly((_stores, reply) => {
          for (const other of this.#connections.keys()) if (other !== node) this.#notify(other, word);
          reply(() => undefined);
        });
        connection.send({ operation: () => operation });
      },
      send: () => undefined,
      close: () => Promise.resolve(),
    };
  }

  #notify(node: NodeId, word: BusMessage): void {
    const connection = this.#connections.get(node);
    if (connection === undefined || connection.isCut) return;
    const times = this.#options.duplicatesBusMessages && word.type !== 'publication' ? 2 : 1;
    for (let n = 0; n < times; n++) connection.sendBusMessage(word);
  }
}

type Query = (stores: EngineStores, reply: Reply) => void;

function readOnly(query: Query): Operation {
  return (stores, reply) => {
    query(stores, reply);
    return undefined;
  };
}
