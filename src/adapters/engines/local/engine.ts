import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Schedule } from './batch-writer.ts';
import { LocalNodeBus } from './bus.ts';
import type { Command, HubItem } from './calls.ts';
import type { Channel } from './channel.ts';
import { LocalClusterRecords } from './cluster-records.ts';
import { HubCommands } from './commands.ts';
import { LocalPeerDirectory } from './directory.ts';
import { LocalMailboxStore } from './mailboxes.ts';

/** The settings of a node, which are the same as those of the hub. */
export interface LocalEngineSettings {
  readonly node: NodeId;
  readonly lease: Millis;
  readonly expireTimeout: Millis;
  readonly schedule?: Schedule;
}

interface LocalEngine {
  readonly node: NodeId;
  readonly directory: LocalPeerDirectory;
  readonly mailboxes: LocalMailboxStore;
  readonly bus: LocalNodeBus;
  readonly records: LocalClusterRecords;
}

/** The engine of a node whose hub is at the other end of the channel. */
export function localEngine(channel: Channel<Command, HubItem>, settings: LocalEngineSettings): LocalEngine {
  const { node, lease, expireTimeout, schedule } = settings;
  const commands = new HubCommands(channel, schedule);
  return {
    node,
    directory: new LocalPeerDirectory(commands, lease),
    mailboxes: new LocalMailboxStore(commands, expireTimeout),
    bus: new LocalNodeBus(commands),
    records: new LocalClusterRecords(commands),
  };
}
