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

/** What a test does to a node's way to the engine. */
export interface EngineConnection {
  /** Of each way, in ms. */
  delay: Millis;
  /** Of words, which come on a connection of their own, where they do. */
  busDelay: Millis;
  readonly isCut: boolean;
  cut(): void;
  restore(): void;
  /** What is under way to the engine never arrives, and nobody says so: nobody leads it just now. */
  dropInFlight(): void;
  /** The node was killed. */
  kill(): void;
}

/** The engine as a node has it, and its way there. */
export interface NodeEngine {
  readonly engine: Engine;
  readonly wire: EngineConnection;
}

/** What the nodes of a world share. */
export interface ClusterEngine {
  connect(node: NodeId): NodeEngine;
  /** To be called after each moment; resolves when all that follows from it has happened. */
  settle(): Promise<void> | undefined;
}

/** The wire between a node and the engine: what goes over it keeps its order, takes its time, and waits while it is cut. */
class SimulatedConnection implements EngineConnection {
  delay: Millis = 1;
  busDelay: Millis = 1;
  ears: BusListener | undefined;
  /** How often it was cut. */
  cuts = 0;
  readonly #clock: ManualClock;
  #isCut = false;
  #isDead = false;
  #lastTo: Millis = 0;
  #lastFrom: Millis = 0;
  #lastWord: Millis = 0;
  #heldBack: (() => void)[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
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
    for (const step of this.#heldBack.splice(0)) step();
    this.ears?.onMessagesLost();
  }

  /** Here somebody always leads. */
  dropInFlight(): void {
    return;
  }

  /** The node was killed: nothing of it arrives any more, and nothing at it. */
  kill(): void {
    this.#isDead = true;
    this.#heldBack = [];
  }

  toEngine(ask: () => void): void {
    this.#whole(() => {
      this.#lastTo = Math.max(this.#lastTo, this.#clock.now() + this.delay);
      this.#at(this.#lastTo, ask);
    });
  }

  fromEngine(answer: () => void): void {
    this.#whole(() => {
      this.#lastFrom = Math.max(this.#lastFrom, this.#clock.now() + this.delay);
      this.#at(this.#lastFrom, answer);
    });
  }

  /** On a connection of its own: it may come before an answer that was given earlier, or after one that was given later. */
  says(word: BusMessage): void {
    if (this.isCut) return;
    this.#lastWord = Math.max(this.#lastWord, this.#clock.now() + this.busDelay);
    this.#clock.wakeAt(this.#lastWord, () => {
      if (!this.isCut) this.ears?.onMessage(word);
    });
  }

  #at(moment: Millis, step: () => void): void {
    this.#clock.wakeAt(moment, () => this.#whole(step));
  }

  #whole(step: () => void): void {
    if (this.#isDead) return;
    if (this.#isCut) this.#heldBack.push(step);
    else step();
  }
}

export interface SimulatedEngineOptions {
  /** Whether words are told again: those that only make haste must bear it. */
  readonly duplicatesBusMessages: boolean;
  /** A claim was under way when its connection went, and has come all the same. */
  readonly onLateClaim: (id: PeerId) => void;
}

/** What the nodes of a simulated cluster share. One truth, each node at the end of a wire of its own. */
export class SimulatedEngine implements ClusterEngine {
  readonly directory: MemoryPeerDirectory;
  readonly mailboxes: MemoryMailboxStore;
  readonly #clock: ManualClock;
  readonly #connections = new Map<NodeId, SimulatedConnection>();
  readonly #options: SimulatedEngineOptions;

  constructor(clock: ManualClock, limits: MailboxLimits, lease: Millis, manner: SimulatedEngineOptions) {
    this.#clock = clock;
    this.#options = manner;
    const notify = (node: NodeId, word: BusMessage): void => this.#notify(node, word);
    this.directory = new MemoryPeerDirectory(clock, lease, notify);
    this.mailboxes = new MemoryMailboxStore(limits, { holders: this.directory, notify });
  }

  connect(node: NodeId): NodeEngine {
    const wire = new SimulatedConnection(this.#clock);
    this.#connections.set(node, wire);
    return {
      wire,
      engine: {
        node,
        directory: this.#directoryOver(wire),
        mailboxes: this.#mailboxesOver(wire),
        bus: this.#busOver(node, wire),
      },
    };
  }

  settle(): undefined {
    return undefined;
  }

  #directoryOver(wire: SimulatedConnection): PeerDirectory {
    const { directory } = this;
    const released = new WeakSet<Claim>();
    const back =
      <T extends unknown[]>(answer: (...given: T) => void) =>
      (...given: T) =>
        wire.fromEngine(() => answer(...given));
    return {
      lease: directory.lease,
      claim: (claim, answer) => {
        const before = wire.isCut ? undefined : wire.cuts;
        wire.toEngine(() => {
          const isLate = released.has(claim);
          // What has to be asked again is not, when its connection has gone.
          if (isLate && before !== wire.cuts) return wire.fromEngine(() => answer('taken'));
          if (isLate) this.#options.onLateClaim(claim.id);
          directory.claim(claim, back(answer));
        });
      },
      confirm: (claim, ifFree, answer) => wire.toEngine(() => directory.confirm(claim, ifFree, back(answer))),
      release: (claim) => {
        released.add(claim);
        wire.toEngine(() => directory.release(claim));
      },
      renewLease: (node, answer) => wire.toEngine(() => directory.renewLease(node, back(answer))),
      locate: (realm, id, answer) => wire.toEngine(() => directory.locate(realm, id, back(answer))),
      present: (realm, answer) => wire.toEngine(() => directory.present(realm, back(answer))),
    };
  }

  #mailboxesOver(wire: SimulatedConnection): MailboxStore {
    const clock = this.#clock;
    const { mailboxes } = this;
    return {
      put: (realm, sender, message, _now, answer) => {
        const copy = copyMessage(message);
        wire.toEngine(() => mailboxes.put(realm, sender, copy, clock.now(), (outcome) => wire.fromEngine(() => answer(outcome))));
      },
      take: (taker, answer) =>
        wire.toEngine(() => mailboxes.take(taker, (messages, unread) => wire.fromEngine(() => answer(messages, unread)))),
      waiting: (realm, answer) => wire.toEngine(() => mailboxes.waiting(realm, (ids) => wire.fromEngine(() => answer(ids)))),
      expire: (_now, answer) =>
        wire.toEngine(() => mailboxes.expire(clock.now(), (expired) => wire.fromEngine(() => answer(expired)))),
      nextDeadline: () => Math.max(mailboxes.nextDeadline(), clock.now() + 1),
    };
  }

  #busOver(node: NodeId, wire: SimulatedConnection): NodeBus {
    return {
      isReachable: true,
      listen: (ears) => {
        wire.ears = ears;
      },
      broadcast: (word) => {
        if (wire.isCut) return;
        for (const other of this.#connections.keys()) if (other !== node) wire.toEngine(() => this.#notify(other, word));
      },
      close: () => Promise.resolve(),
    };
  }

  #notify(node: NodeId, word: BusMessage): void {
    const wire = this.#connections.get(node);
    if (wire === undefined || wire.isCut) return;
    const times = this.#options.duplicatesBusMessages && word.type !== 'publication' ? 2 : 1;
    for (let n = 0; n < times; n++) wire.says(word);
  }
}
