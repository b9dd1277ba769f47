import { MemoryBusLine } from '../../src/adapters/buses/memory/bus.ts';
import type { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../src/application/ports/mailbox-store.ts';
import type { NodeBus } from '../../src/application/ports/node-bus.ts';
import type { PeerDirectory } from '../../src/application/ports/peer-directory.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import type { Engine } from '../../src/composition/broker-environment.ts';
import { nodeId } from '../../src/domain/ids.ts';
import { keep } from '../../src/domain/message.ts';
import type { Millis } from '../../src/domain/time.ts';

/** An engine for one node, in memory, that receives and answers nothing while a test says so. */
export class SlowEngine implements Engine {
  readonly node = nodeId('here');
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  /** What the engine knows, for a test to act as another node. */
  readonly truth: MemoryPeerDirectory;
  isReached = true;
  readonly #waiting: (() => void)[] = [];
  #isSlow = false;

  constructor(clock: ManualClock, lease: Millis) {
    const directory = new MemoryPeerDirectory(clock, lease);
    const mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: directory, tell: () => undefined });
    this.truth = directory;
    this.directory = {
      lease,
      claim: (claim, answer) => this.#later(() => directory.claim(claim, answer)),
      confirm: (claim, ifFree, answer) => this.#later(() => directory.confirm(claim, ifFree, answer)),
      release: (claim) => this.#later(() => directory.release(claim)),
      keep: (node, answer) => this.#later(() => directory.keep(node, answer)),
      locate: (realm, id, answer) => this.#later(() => directory.locate(realm, id, answer)),
      present: (realm, answer) => this.#later(() => directory.present(realm, answer)),
    };
    this.mailboxes = {
      put: (realm, sender, message, now, answer) => {
        const copy = keep(message);
        this.#later(() => mailboxes.put(realm, sender, copy, now, answer));
      },
      take: (taker, answer) => this.#later(() => mailboxes.take(taker, answer)),
      waiting: (realm, answer) => this.#later(() => mailboxes.waiting(realm, answer)),
      expire: (now, answer) => this.#later(() => mailboxes.expire(now, answer)),
      nextDeadline: () => mailboxes.nextDeadline(),
    };
    this.bus = Object.defineProperty(new MemoryBusLine().at(this.node), 'isReached', { get: () => this.isReached });
  }

  stops(): void {
    this.#isSlow = true;
  }

  /** Handles what was asked meanwhile, and everything from now on. */
  goesOn(): void {
    this.#isSlow = false;
    for (let ask = this.#waiting.shift(); ask !== undefined; ask = this.#waiting.shift()) ask();
  }

  /** Handles so much of what was asked, and goes on being slow. */
  handles(count: number): void {
    for (const ask of this.#waiting.splice(0, count)) ask();
  }

  #later(ask: () => void): void {
    if (this.#isSlow) this.#waiting.push(ask);
    else ask();
  }
}
