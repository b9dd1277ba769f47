import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { ClusterEngine, SimulatedEngineOptions } from './simulated-engine.ts';
import type { ClusterRealm } from './simulated-node.ts';

/** Creates the engine on the clock of the simulation. @param onLateClaim see `SimulatedEngineOptions`. */
export type CreateEngine = (
  clock: ManualClock,
  limits: MailboxLimits,
  lease: number,
  onLateClaim: SimulatedEngineOptions['onLateClaim'],
  realm?: ClusterRealm,
) => ClusterEngine;

export interface SimulatedClusterOptions {
  readonly createTransport?: () => MemoryTransport;
  /** `literal` if omitted. */
  readonly realm?: ClusterRealm | undefined;
  /** Whether the nodes have links. */
  readonly hasLinks?: boolean | undefined;
}
