import type { Clock } from '../../../src/application/ports/clock.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import { unpooledName } from '../../../src/adapters/engines/shared/pooled-names.ts';
import type { NodeId, PeerId } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';

/** The data of an engine. */
export interface EngineStores {
  readonly directory: MemoryPeerDirectory;
  readonly mailboxes: MemoryMailboxStore;
  /** Time of the engine. */
  now(): Millis;
}

/** The change by a write. */
export type Effect =
  | { readonly type: 'put'; readonly message: SignalMessage }
  | { readonly type: 'taken'; readonly messages: readonly SignalMessage[] }
  | { readonly type: 'expired'; readonly pairs: readonly { readonly from: PeerId; readonly to: PeerId }[] }
  | { readonly type: 'owner'; readonly id: PeerId }
  | { readonly type: 'lease' };

/** Delivers a reply. */
export type Reply = (deliver: () => void) => void;

/** Runs on the stores, and replies once. Deterministic. @returns undefined for a read. */
export type Operation = (stores: EngineStores, reply: Reply) => Effect | undefined;

/** A command of a node. */
export interface EngineCommand {
  /** Selects the operation when the command arrives. */
  readonly operation: () => Operation;
  /** Replaces the operation of a retry if the engine has lost its data, because the command may have run before. */
  readonly ifForgotten?: Operation;
}

interface Write {
  readonly command: EngineCommand;
  readonly operation: Operation;
  readonly at: Millis;
  readonly effect: Effect;
}

export interface EngineStateOptions {
  readonly clock: Clock;
  readonly limits: MailboxLimits;
  readonly lease: Millis;
  readonly notify: (node: NodeId, word: BusMessage) => void;
  readonly createDirectory?: typeof createDirectory;
}

/** The stores of a simulated engine, and a log of all writes, so that the last ones can be lost. */
export class EngineState {
  readonly #options: EngineStateOptions;
  readonly #clock: Clock;
  #writes: Write[] = [];
  #stores: EngineStores;
  /** Number of times that all data was lost. */
  #losses = 0;
  /** Time of the write that is repeated. */
  #repeatedAt: Millis | undefined;

  constructor(options: EngineStateOptions) {
    const { clock } = options;
    this.#options = options;
    this.#clock = { now: () => this.#repeatedAt ?? clock.now(), wakeAt: (at, wake) => clock.wakeAt(at, wake) };
    this.#stores = this.#emptyStores();
  }

  get stores(): EngineStores {
    return this.#stores;
  }

  run(command: EngineCommand, reply: Reply): void {
    const operation = command.operation();
    const effect = operation(this.#stores, reply);
    if (effect !== undefined) this.#writes.push({ command, operation, effect, at: this.#clock.now() });
  }

  /** Loses all data. @returns the lost commands. */
  forget(): ReadonlySet<EngineCommand> {
    const lost = new Set(this.#writes.map(({ command }) => command));
    this.#writes = [];
    this.#losses += 1;
    this.#stores = this.#emptyStores();
    return lost;
  }

  /** Loses the last writes. @returns the lost commands and their effects, oldest first. */
  failOver(count: number): { readonly commands: ReadonlySet<EngineCommand>; readonly effects: readonly Effect[] } {
    const lost = this.#writes.splice(Math.max(0, this.#writes.length - count));
    this.#stores = this.#emptyStores();
    for (const { operation, at } of this.#writes) {
      this.#repeatedAt = at;
      operation(this.#stores, () => undefined);
    }
    this.#repeatedAt = undefined;
    return { commands: new Set(lost.map(({ command }) => command)), effects: lost.map(({ effect }) => effect) };
  }

  #emptyStores(): EngineStores {
    const { limits, lease, createDirectory: create = createDirectory } = this.#options;
    const notify = (node: NodeId, word: BusMessage): void => {
      if (this.#repeatedAt === undefined) this.#options.notify(node, word);
    };
    const directory = create(this.#clock, lease, notify, `era ${this.#losses}`);
    return { directory, mailboxes: new MemoryMailboxStore(limits, { holders: directory, notify }), now: () => this.#clock.now() };
  }
}

function createDirectory(clock: Clock, lease: Millis, notify: EngineStateOptions['notify'], era: string): MemoryPeerDirectory {
  return new MemoryPeerDirectory(clock, lease, notify, era);
}

/** The effect with the ids of the peers, also in a realm by pattern. */
export function unpooledEffect(effect: Effect): Effect {
  switch (effect.type) {
    case 'put':
      return { ...effect, message: unpooledPair(effect.message) };
    case 'taken':
      return { ...effect, messages: effect.messages.map(unpooledPair) };
    case 'expired':
      return { ...effect, pairs: effect.pairs.map(unpooledPair) };
    case 'owner':
      return { ...effect, id: unpooledName(effect.id) };
    case 'lease':
      return effect;
  }
}

function unpooledPair<Pair extends { readonly from: PeerId; readonly to: PeerId }>(pair: Pair): Pair {
  return { ...pair, from: unpooledName(pair.from), to: unpooledName(pair.to) };
}
