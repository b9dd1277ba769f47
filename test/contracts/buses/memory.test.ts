import { MemoryBusLine } from '../../../src/adapters/buses/memory/bus.ts';
import { busContract } from './contract.ts';

busContract('memory', async () => {
  const line = new MemoryBusLine();
  return { node: (name) => line.at(name), dispose: () => Promise.resolve() };
});
