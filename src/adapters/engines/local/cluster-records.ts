import type { BanSnapshot, ClusterRecords, StoredBan } from '../../../application/ports/cluster-records.ts';
import type { NodeId } from '../../../domain/ids.ts';
import type { HubCommands } from './commands.ts';

/** The records of the hub, as one node sees them. */
export class LocalClusterRecords implements ClusterRecords {
  readonly #commands: HubCommands;

  constructor(commands: HubCommands) {
    this.#commands = commands;
  }

  nodes(answer: (nodes: readonly NodeId[]) => void): void {
    this.#commands.ask(['nodes'], answer, () => answer([]));
  }

  putBan(ban: StoredBan, answer: (outcome: 'done' | 'full' | 'unavailable') => void): void {
    this.#commands.ask(['putBan', ban], answer, () => answer('unavailable'));
  }

  removeBan(id: string, answer: (outcome: 'done' | 'unavailable') => void): void {
    this.#commands.ask(['removeBan', id], answer, () => answer('unavailable'));
  }

  readBans(known: string | undefined, answer: (outcome: BanSnapshot | 'unchanged' | 'unavailable') => void): void {
    this.#commands.ask(['readBans', known], answer, () => answer('unavailable'));
  }
}
