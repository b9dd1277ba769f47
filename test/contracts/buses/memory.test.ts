import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { busContract } from './contract.ts';

busContract('memory', async () => {
  const line = new MemoryBusNetwork();
  return { node: (name) => line.busOf(name), dispose: () => Promise.resolve() };
});
