import { randomUUID } from 'node:crypto';
import { MemoryClusterRecords } from '../../adapters/cluster-records/memory/records.ts';
import { SystemClock } from '../../adapters/clocks/system.ts';
import { MemoryPeerDirectory } from '../../adapters/directories/memory/directory.ts';
import { LocalHub } from '../../adapters/engines/local/hub.ts';
import { MemoryMailboxStore } from '../../adapters/mailboxes/memory/store.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { BusMessage } from '../../application/ports/node-bus.ts';
import type { NodeId } from '../../domain/ids.ts';
import type { Config } from '../configuration/config.ts';

/** The engine of the workers, with its state in this process. Limits are references to the configuration. */
export function makeHub(config: Config, clock: Clock = new SystemClock()): LocalHub {
  const notify = (node: NodeId, message: BusMessage): void => hub.notify(node, message);
  const directory = new MemoryPeerDirectory(clock, config.clusterLease, notify, randomUUID(), config);
  const mailboxes = new MemoryMailboxStore(config, { holders: directory, notify });
  const records = new MemoryClusterRecords(clock, () => directory.liveNodes());
  const hub = new LocalHub({ directory, mailboxes, records }, { clock });
  return hub;
}
