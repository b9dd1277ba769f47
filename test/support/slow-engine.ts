import { MemoryBusNetwork } from '../../src/adapters/buses/memory/bus.ts';
import { MemoryClusterRecords } from '../../src/adapters/cluster-records/memory/records.ts';
import type { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../src/application/ports/mailbox-store.ts';
import type { BusListener, NodeBus } from '../../src/application/ports/node-bus.ts';
import type { PeerDirectory } from '../../src/application/ports/peer-directory.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import type { Engine } from '../../src/composition/broker-environment.ts';
import { nodeId } from '../../src/domain/ids.ts';
import { copyMessage } from '../../src/domain/message.ts';
import type { Millis } from '../../src/domain/time.ts';

/** An in-memory engine for one node. A test can pause it: requests are then queued. */
export class SlowEngine implements Engine {
  readonly node = nodeId('here');
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  readonly records: MemoryClusterRecords;
  /** The directory behind the engine, through which a test acts as another node. */
  readonly sharedDirectory: MemoryPeerDirectory;
  isReachable = true;
  readonly #queue: (() => void)[] = [];
  #listener: BusListener | undefined;
  #isPaused = false;

  constructor(clock: ManualClock, lease: Millis) {
    const directory = new MemoryPeerDirectory(clock, lease);
    const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, notify: () => undefined });
    this.sharedDirectory = directory;
    this.records = new MemoryClusterRecords(clock, () => [this.node]);
    this.directory = {
      lease,
      claim: (claim, answer) => this.#run(() => directory.claim(claim, answer)),
      check: (claim, answer) => this.#run(() => directory.check(claim, answer)),
      confirm: (claim, ifFree, answer) => this.#run(() => directory.confirm(claim, ifFree, answer)),
      release: (claim) => this.#run(() => directory.release(claim)),
      renewLease: (node, answer) => this.#run(() => directory.renewLease(node, answer)),
      locate: (realm, id, answer) => this.#run(() => directory.locate(realm, id, answer)),
      present: (realm, answer) => this.#run(() => directory.present(realm, answer)),
    };
    this.mailboxes = {
      put: (realm, sender, message, now, answer) => {
        const copy = copyMessage(message);
        this.#run(() => mailboxes.put(realm, sender, copy, now, answer));
      },
      take: (taker, answer) => this.#run(() => mailboxes.take(taker, answer)),
      waiting: (realm, answer) => this.#run(() => mailboxes.waiting(realm, answer)),
      expire: (now, answer) => this.#run(() => mailboxes.expire(now, answer)),
      nextDeadline: () => mailboxes.nextDeadline(),
    };
    const bus = new MemoryBusNetwork().busOf(this.node);
    const listen = (listener: BusListener): void => {
      this.#listener = listener;
      bus.listen(listener);
    };
    const isReachable = (): boolean => this.isReachable;
    this.bus = {
      get isReachable() {
        return isReachable();
      },
      listen,
      broadcast: (message) => bus.broadcast(message),
      send: (to, message) => bus.send(to, message),
      close: () => bus.close(),
    };
  }

  /** The node has reconnected, and may have missed bus messages. */
  reportLoss(): void {
    this.#listener?.onMessagesLost();
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Handles the queued requests, and later ones at once. */
  resume(): void {
    this.#isPaused = false;
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) request();
  }

  /** Handles `count` queued requests and stays paused. */
  handleNext(count: number): void {
    for (const request of this.#queue.splice(0, count)) request();
  }

  #run(request: () => void): void {
    if (this.#isPaused) this.#queue.push(request);
    else request();
  }
}
