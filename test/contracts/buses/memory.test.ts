import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { busContract } from './contract.ts';

busContract('memory', async () => {
  const network = new MemoryBusNetwork();
  return { node: (name) => network.busOf(name), dispose: () => Promise.resolve() };
});
