import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { busContract } from '../../../src/contracts/buses/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'bus memory',
  busContract(async () => {
    const network = new MemoryBusNetwork();
    return { node: (name) => network.busOf(name), dispose: () => Promise.resolve() };
  }),
);
