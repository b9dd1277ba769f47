import fc from 'fast-check';
import { runCluster, type Run } from './run.ts';
import type { CreateEngine } from './cluster-options.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import { SimulatedNats } from './simulated-nats.ts';
import { linkSteps, steps } from './steps.ts';

/** An engine that is simulated. */
export type EngineName = 'Redis' | 'NATS';

const createNats: CreateEngine = (clock, limits, lease, events, realm) =>
  new SimulatedNats(clock, { ...limits, lease }, events, realm);

/** The same with links between the nodes. */
export function linkedWorlds(engine: EngineName, fixed: Partial<Run> = {}): fc.IAsyncProperty<[Run]> {
  return worlds(engine, { hasLinks: true, ...fixed }, linkSteps);
}

/** Random steps on a cluster, in a literal realm or in one by pattern. @param fixed replaces random parts. */
export function worlds(engine: EngineName, fixed: Partial<Run> = {}, all = steps): fc.IAsyncProperty<[Run]> {
  const world = fc.record({
    steps: all,
    realm: fc.constantFrom('literal' as const, 'by pattern' as const),
    createEngine: engine === 'NATS' ? fc.constant(createNats) : fc.boolean().map(createRedis),
  });
  return fc.asyncProperty(
    world.map((run): Run => ({ ...run, ...fixed })),
    runCluster,
  );
}

function createRedis(duplicatesBusMessages: boolean): CreateEngine {
  return (clock, limits, lease, events) => new SimulatedEngine(clock, limits, lease, { duplicatesBusMessages, ...events });
}
