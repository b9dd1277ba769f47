import { MemoryBusNetwork } from '../../src/adapters/buses/memory/bus.ts';
import { MemoryClusterRecords } from '../../src/adapters/cluster-records/memory/records.ts';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../src/adapters/mailboxes/memory/store.ts';
import type { NodeBus } from '../../src/application/ports/node-bus.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import type { Engine } from '../../src/composition/broker-environment.ts';
import { nodeId } from '../../src/domain/ids.ts';

/** An in-memory engine for one node. A test can make it unreachable. */
export class UnreachableEngine implements Engine {
  readonly node = nodeId('here');
  readonly directory = new MemoryPeerDirectory(new ManualClock());
  readonly mailboxes = new MemoryMailboxStore(defaultConfig(), { holders: this.directory, notify: () => undefined });
  readonly records = new MemoryClusterRecords(new ManualClock(), () => [this.node]);
  readonly bus: NodeBus;
  isReachable = true;

  constructor() {
    const bus = new MemoryBusNetwork().busOf(this.node);
    this.bus = Object.defineProperty(bus, 'isReachable', { get: () => this.isReachable });
  }
}
