import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { NodeBus, BusListener, BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { Claim, PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { Engine } from '../../../src/composition/broker-environment.ts';
import type { NodeId, PeerId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { copyMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { NodeProcess } from './node-process.ts';

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
  /** To be called after each step of the clock; resolves when its consequences are done. */
  settle(): Promise<void> | undefined;
}

/** The connection between a node and the engine. Traffic keeps its order, is delayed, and waits while the connection is cut. */
class SimulatedConnection implements EngineConnection {
  delay: Millis = 1;
  busDelay: Millis = 1;
  listener: BusListener | undefined;
  /** Number of cuts. */
  cuts = 0;
  readonly #clock: ManualClock;
  readonly #process: NodeProcess;
  #isCut = false;
  #isDead = false;
  #lastTo: Millis = 0;
  #lastFrom: Millis = 0;
  #lastBusMessage: Millis = 0;
  #waiting: (() => void)[] = [];

  constructor(clock: ManualClock, process: NodeProcess) {
    this.#clock = clock;
    this.#process = process;
  }

  get isCut(): boolean {
    return this.#isCut || this.#isDead;
  }

  cut(): void {
    if (!this.#isCut) this.cuts += 1;
    this.#isCut = true;
  }

  restore(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    for (const step of this.#waiting.splice(0)) step();
    this.#process.run('engine', () => this.listener?.onMessagesLost());
  }

  /** This engine always has a leader. */
  dropInFlight(): void {
    return;
  }

  /** Drops all traffic in both directions, because the node is killed. */
  kill(): void {
    this.#isDead = true;
    this.#waiting = [];
  }

  toEngine(ask: () => void): void {
    this.#whenConnected(() => {
      this.#lastTo = Math.max(this.#lastTo, this.#clock.now() + this.delay);
      this.#at(this.#lastTo, ask);
    });
  }

  fromEngine(answer: () => void): void {
    this.#whenConnected(() => {
      this.#lastFrom = Math.max(this.#lastFrom, this.#clock.now() + this.delay);
      this.#at(this.#lastFrom, () => this.#process.run('engine', answer));
    });
  }

  /** Sends a bus message on a separate connection, so it may overtake replies and be overtaken. */
  sendBusMessage(word: BusMessage): void {
    if (this.isCut) return;
    this.#lastBusMessage = Math.max(this.#lastBusMessage, this.#clock.now() + this.busDelay);
    this.#clock.wakeAt(this.#lastBusMessage, () => {
      if (!this.isCut) this.#process.run('bus', () => this.listener?.onMessage(word));
    });
  }

  #at(moment: Millis, step: () => void): void {
    this.#clock.wakeAt(moment, () => this.#whenConnected(step));
  }

  #whenConnected(step: () => void): void {
    if (this.#isDead) return;
    if (this.#isCut) this.#waiting.push(step);
    else step();
  }
}

export interface SimulatedEngineOptions {
  /** Whether notifications are delivered twice, which must be harmless. */
  readonly duplicatesBusMessages: boolean;
  /** Called when a claim arrives after its connection was closed. */
  readonly onLateClaim: (id: PeerId) => void;
}

/** A simulated engine with one shared state. Each node has its own connection. */
export class SimulatedEngine implements ClusterEngine {
  readonly directory: MemoryPeerDirectory;
  readonly mailboxes: MemoryMailboxStore;
  readonly #clock: ManualClock;
  readonly #connections = new Map<NodeId, SimulatedConnection>();
  readonly #options: SimulatedEngineOptions;

  constructor(clock: ManualClock, limits: MailboxLimits, lease: Millis, options: SimulatedEngineOptions) {
    this.#clock = clock;
    this.#options = options;
    const notify = (node: NodeId, word: BusMessage): void => this.#notify(node, word);
    this.directory = new MemoryPeerDirectory(clock, lease, notify);
    this.mailboxes = new MemoryMailboxStore(limits, { holders: this.directory, notify });
  }

  connect(node: NodeId, process: NodeProcess): NodeEngine {
    const connection = new SimulatedConnection(this.#clock, process);
    this.#connections.set(node, connection);
    return {
      connection,
      engine: {
        node,
        directory: this.#directoryOver(connection),
        mailboxes: this.#mailboxesOver(connection),
        bus: this.#busOver(node, connection),
      },
    };
  }

  settle(): undefined {
    return undefined;
  }

  #directoryOver(connection: SimulatedConnection): PeerDirectory {
    const { directory } = this;
    const released = new WeakSet<Claim>();
    const back =
      <T extends unknown[]>(answer: (...args: T) => void) =>
      (...args: T) =>
        connection.fromEngine(() => answer(...args));
    return {
      lease: directory.lease,
      claim: (claim, answer) => {
        const before = connection.isCut ? undefined : connection.cuts;
        connection.toEngine(() => {
          const isLate = released.has(claim);
          // A released claim is not retried.
          if (isLate && before !== connection.cuts) return connection.fromEngine(() => answer('taken'));
          if (isLate) this.#options.onLateClaim(claim.id);
          directory.claim(claim, back(answer));
        });
      },
      check: (claim, answer) => connection.toEngine(() => directory.check(claim, back(answer))),
      confirm: (claim, ifFree, answer) => connection.toEngine(() => directory.confirm(claim, ifFree, back(answer))),
      release: (claim) => {
        released.add(claim);
        connection.toEngine(() => directory.release(claim));
      },
      renewLease: (node, answer) => connection.toEngine(() => directory.renewLease(node, back(answer))),
      locate: (realm, id, answer) => connection.toEngine(() => directory.locate(realm, id, back(answer))),
      present: (realm, answer) => connection.toEngine(() => directory.present(realm, back(answer))),
    };
  }

  #mailboxesOver(connection: SimulatedConnection): MailboxStore {
    const clock = this.#clock;
    const { mailboxes } = this;
    return {
      put: (realm, sender, message, _now, answer) => {
        const copy = copyMessage(message);
        connection.toEngine(() =>
          mailboxes.put(realm, sender, copy, clock.now(), (outcome) => connection.fromEngine(() => answer(outcome))),
        );
      },
      take: (taker, answer) =>
        connection.toEngine(() => mailboxes.take(taker, (...taken) => connection.fromEngine(() => answer(...taken)))),
      waiting: (realm, answer) =>
        connection.toEngine(() => mailboxes.waiting(realm, (ids) => connection.fromEngine(() => answer(ids)))),
      expire: (_now, answer) =>
        connection.toEngine(() => mailboxes.expire(clock.now(), (expired) => connection.fromEngine(() => answer(expired)))),
      nextDeadline: () => Math.max(mailboxes.nextDeadline(), clock.now() + 1),
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
        for (const other of this.#connections.keys()) if (other !== node) connection.toEngine(() => this.#notify(other, word));
      },
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
