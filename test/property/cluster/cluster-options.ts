import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { ClusterEngine } from './simulated-engine.ts';
import type { ClusterRealm } from './simulated-node.ts';

/** Events of an engine that excuse what the clients can observe. */
export interface EngineEvents {
  /** A claim arrives after its connection was closed. */
  readonly onLateClaim: (id: PeerId) => void;
  /**
   * NATS drops an old claim of the id. A node that reads the journal again cannot tell whether the id's collections and messages
   * before the next claim were valid.
   */
  readonly onClaimDropped: (id: PeerId) => void;
}

/** Creates the engine on the clock of the simulation. */
export type CreateEngine = (
  clock: ManualClock,
  limits: MailboxLimits,
  lease: number,
  events: EngineEvents,
  realm?: ClusterRealm,
) => ClusterEngine;

export interface SimulatedClusterOptions {
  readonly createTransport?: () => MemoryTransport;
  /** `literal` if omitted. */
  readonly realm?: ClusterRealm | undefined;
  /** Whether the nodes have links. */
  readonly hasLinks?: boolean | undefined;
}
