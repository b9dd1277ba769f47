import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { telemetryContract } from '../../../src/contracts/telemetry/contract.ts';
import { valuesOf } from './memory.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'the port Telemetry: memory',
  telemetryContract(() => {
    let seconds = 0;
    const telemetry = new MemoryTelemetry(() => (seconds += 1));
    return { telemetry, read: (metric) => Promise.resolve(valuesOf(telemetry.samples(metric))) };
  }),
);
