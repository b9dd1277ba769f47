import { MemoryBusLine } from '../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../src/adapters/mailboxes/memory/store.ts';
import type { NodeBus } from '../../src/application/ports/node-bus.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import type { Engine } from '../../src/composition/broker-environment.ts';
import { nodeId } from '../../src/domain/ids.ts';

/** An engine for one node, in memory, that is out of reach when a test says so. */
export class FragileEngine implements Engine {
  readonly node = nodeId('here');
  readonly directory = new MemoryPeerDirectory(new ManualClock());
  readonly mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: this.directory, tell: () => undefined });
  readonly bus: NodeBus;
  isReached = true;

  constructor() {
    const bus = new MemoryBusLine().at(this.node);
    this.bus = Object.defineProperty(bus, 'isReached', { get: () => this.isReached });
  }
}
